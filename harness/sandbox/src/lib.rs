//! The box a native cluster runs in.
