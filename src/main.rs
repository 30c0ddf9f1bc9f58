//! The `mendwell` binary; its commands come with the floors they need.

fn main() {}
