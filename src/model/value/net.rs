//! Addresses and networks.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// An address or a network in its one form: without bits behind the prefix, and what is written as an IPv4 address in IPv6
/// (`::ffff:10.0.0.7`) as that address. So two ways of writing one address can never be told apart by a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "IpNet", into = "IpNet")]
pub struct Net(IpNet);

impl Net {
    /// The bits before an IPv4 address that is written in IPv6.
    const MAPPED: u8 = 96;

    /// True if all of the other lies in it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }

    /// A single address.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.0.prefix_len() == self.0.max_prefix_len()
    }

    /// The network itself.
    #[must_use]
    pub const fn network(self) -> IpNet {
        self.0
    }
}

impl From<IpNet> for Net {
    fn from(net: IpNet) -> Self {
        let net = net.trunc();
        let mapped = match net {
            IpNet::V6(v6) if v6.prefix_len() >= Self::MAPPED => v6.addr().to_ipv4_mapped(),
            _ => None,
        };
        let v4 = mapped.and_then(|v4| IpNet::new(v4.into(), net.prefix_len() - Self::MAPPED).ok());
        Self(v4.unwrap_or(net))
    }
}

impl From<IpAddr> for Net {
    fn from(address: IpAddr) -> Self {
        Self::from(IpNet::from(address))
    }
}

impl From<Net> for IpNet {
    fn from(net: Net) -> Self {
        net.0
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_address() {
            true => self.0.addr().fmt(f),
            false => self.0.fmt(f),
        }
    }
}

/// Reads an address or a network.
#[must_use]
pub fn parse_network(text: &str) -> Option<Net> {
    match text.parse::<IpNet>() {
        Ok(net) => Some(net.into()),
        Err(_) => text.parse::<IpAddr>().ok().map(Net::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        let net = |text: &str| parse_network(text).unwrap();
        assert_eq!(net("::ffff:203.0.113.9"), net("203.0.113.9"));
        assert_eq!(net("::ffff:cb00:7109"), net("203.0.113.9"));
        assert_eq!(net("::ffff:203.0.113.0/120"), net("203.0.113.0/24"));
        assert_eq!(net("::ffff:0:0/96"), net("0.0.0.0/0"));
        assert!(net("203.0.113.0/24").contains(&net("::ffff:203.0.113.9")));
        assert!(
            !net("::/0").contains(&net("::ffff:203.0.113.9")),
            "an IPv4 address lies in no IPv6 network"
        );
        assert_eq!(
            Net::from("::ffff:10.1.2.3/104".parse::<IpNet>().unwrap()),
            net("10.0.0.0/8")
        );
    }
}
