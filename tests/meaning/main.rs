//! From a typed study to networks: what is compiled, what is wrong, what deserves a look.

mod build;
mod check;
mod deadlock;
mod lint;
mod load;
mod study;
