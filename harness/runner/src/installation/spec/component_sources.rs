//! Components that arguments name besides the versions, in place of those of every installation.

use provision::argo_source::ArgoSource;
use rundir::error::Problem;

use super::source::Places;
use super::{Dimensions, InstallationSpec, source};
use crate::config::Components;

/// The components that replace those of every installation.
pub(super) struct ComponentSources<'a> {
    places: Places<'a>,
    /// The sources of each component. Empty: that of the installation.
    components: [Vec<ArgoSource>; 3],
}

impl<'a> ComponentSources<'a> {
    /// The named components. Adds each text that names none to `wrong`.
    pub(super) fn of(
        components: &Components,
        places: Places<'a>,
        wrong: &mut Vec<Problem>,
    ) -> Self {
        let Components { controller, executors, clis, releases: _ } = components;
        let given = [
            ("--controller", controller.as_slice()),
            ("--executor", executors.as_slice()),
            ("--cli", clis.as_slice()),
        ];
        let of = |(flag, texts): (&str, &[String])| {
            let mut sources = Vec::new();
            for text in texts {
                match places.source(text) {
                    Ok(source) => sources.push(source),
                    Err(error) => wrong.push(error.of_flag(flag)),
                }
            }
            sources
        };
        Self { places, components: given.map(of) }
    }

    /// The installations of one text, one for each of the dimensions.
    pub(super) fn each(
        &self,
        text: &str,
        dimensions: &Dimensions,
        wrong: &mut Vec<Problem>,
    ) -> Vec<InstallationSpec> {
        let of_name = self.places.sources(text);
        let dimensions = dimensions.of_one(source::by_name(text), wrong);
        let mut all = Vec::new();
        for [controller, executor, cli] in self.with(of_name, wrong) {
            all.extend(dimensions.iter().map(|(profile, kubernetes)| InstallationSpec {
                controller: controller.clone(),
                executor: executor.clone(),
                cli: cli.clone(),
                profile: *profile,
                kubernetes: kubernetes.clone(),
                next: None,
            }));
        }
        all
    }

    /// The components of each installation of a name: controller, executor, CLI. None of a name
    /// with a text that names no source, which is added to `wrong`.
    fn with(
        &self,
        of_name: [Result<ArgoSource, Problem>; 3],
        wrong: &mut Vec<Problem>,
    ) -> Vec<[ArgoSource; 3]> {
        let mut own = of_name.into_iter();
        let [controllers, executors, clis] = self.components.each_ref().map(|given| {
            match own.next() {
                Some(Ok(own)) if given.is_empty() => return vec![own],
                Some(Err(error)) if given.is_empty() && !wrong.contains(&error) => {
                    wrong.push(error);
                }
                Some(_) | None => {}
            }
            given.clone()
        });
        let mut all = Vec::new();
        for controller in &controllers {
            for executor in &executors {
                all.extend(clis.iter().map(|cli| [controller, executor, cli].map(Clone::clone)));
            }
        }
        all
    }
}
