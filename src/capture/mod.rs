//! What is done with captured requests by whoever looks at them, on the command line and on the page.

pub(crate) mod filter;

pub(crate) use filter::Filter;
