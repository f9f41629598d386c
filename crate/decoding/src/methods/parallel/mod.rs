pub mod fastcot;
pub mod gauss_seidel_jacobi;
pub mod hybrid_jacobi;
pub mod jacobi;
pub mod lookahead;
pub mod speculative_jacobi;
