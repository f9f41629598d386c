pub mod jacobi;
pub mod lookahead;
