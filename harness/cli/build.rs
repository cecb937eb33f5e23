//! How the program is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // containerd starts it as OCI runtime seventeen times for each pod. A program that can be
    // loaded anywhere has two hundred thousand addresses set right each time, which takes longer
    // than what it then does.
    let of = |what| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if of("OS") == "linux" && of("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bin=argo-conformance=-no-pie");
    }
}
