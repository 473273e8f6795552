//! The `rolebook` program.

fn main() -> rolebook::cli::Exit {
    rolebook::cli::main()
}
