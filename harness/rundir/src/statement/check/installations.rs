//! Checks of a statement and of its installations without the histories.

use std::collections::BTreeSet;

use jiff::Timestamp;
use report::Build;
use report::merge::{SPAN, differences};
use report::run::ArgoReport;
use report::statement::{Conformance, MAJOR, PREDICATE, STATEMENT};

use super::Check;
use crate::installed;
use crate::resume::read_back;
use crate::statement::EXECUTOR;

impl Check<'_> {
    /// Checks everything that needs no history.
    pub(super) fn installations(&mut self) {
        let conformance = &self.statement.predicate.conformance;
        self.kind();
        self.age(conformance);
        for untested in &conformance.untested {
            let reason = untested.reason.raw();
            self.refuse(format!("Argo {} was not tested: {reason}", untested.argo));
        }
        self.challenge(conformance);
        self.build("recorded", &conformance.recorded_by);
        self.build("judged", &conformance.judged_by);
        self.sessions(conformance);
        self.pods(conformance);
        self.artifact_repository(conformance);
        let mut names = BTreeSet::new();
        for argo in &conformance.argo {
            let name = argo.versions.name();
            if !names.insert(name.clone()) {
                self.refuse(format!("the statement has Argo {name} twice"));
            }
            self.installation(argo, conformance);
        }
    }

    fn kind(&mut self) {
        let (statement, conformance) = (self.statement, &self.statement.predicate.conformance);
        if statement.kind != STATEMENT || statement.predicate_type != PREDICATE {
            self.refuse(format!("invalid type of the statement: {}", statement.predicate_type));
        }
        if conformance.format.0 != MAJOR {
            let (major, minor) = conformance.format;
            self.refuse(format!(
                "invalid format of the statement: {major}.{minor}; this program reads {MAJOR}.x"
            ));
        }
        if !statement.is_consistent() {
            self.refuse("the summary of the statement differs from its verdicts");
        }
    }

    fn age(&mut self, conformance: &Conformance) {
        let age = Timestamp::now().duration_since(conformance.started);
        let (days, most) = (age.as_hours() / 24, self.terms.max_age);
        if days > most {
            self.refuse(format!("the statement has expired: age {days} days, maximum {most} days"));
        }
        if age.is_negative() {
            self.refuse(format!("the statement starts in the future: {}", conformance.started));
        }
    }

    fn challenge(&mut self, conformance: &Conformance) {
        let Some(wanted) = self.terms.challenge.as_ref().map(ToString::to_string) else { return };
        match &conformance.challenge {
            Some(challenge) if *challenge == wanted => {}
            Some(challenge) => {
                self.refuse(format!("the statement carries another challenge: {challenge}"));
            }
            None => self.refuse("the statement carries no challenge, and one is required"),
        }
    }

    /// Whether a build is the one that is required.
    fn build(&mut self, did: &str, build: &Build) {
        let Some(wanted) = &self.terms.require_build else { return };
        let of_commit = build.commit.as_ref().filter(|_| !build.dirty) == Some(wanted);
        if build.executable != *wanted && !of_commit {
            self.refuse(format!("another build {did} the run: {build}"));
        }
    }

    /// The sessions of one run begin within a day.
    fn sessions(&mut self, conformance: &Conformance) {
        let starts = || conformance.sessions.iter().map(|session| session.started);
        let (Some(first), Some(last)) = (starts().min(), starts().max()) else {
            self.refuse("the statement has no session");
            return;
        };
        if last.duration_since(first) > SPAN {
            let hours = SPAN.as_hours();
            self.refuse(format!(
                "the sessions began at {first} and at {last}, more than {hours} h later"
            ));
        }
        if first != conformance.started {
            self.refuse(format!(
                "the statement began at {}, and its sessions at {first}",
                conformance.started
            ));
        }
    }

    /// A provider that installs Argo takes no settings for the pods of cases.
    fn pods(&mut self, conformance: &Conformance) {
        if conformance.provider.installs() && !conformance.pods.is_none() {
            let (provider, pods) = (conformance.provider, &conformance.pods);
            self.refuse(format!("the provider {provider} takes no settings for pods: {pods}"));
        }
    }

    /// A provider that installs Argo writes the artifact repository.
    fn artifact_repository(&mut self, conformance: &Conformance) {
        if let (true, Some(name)) =
            (conformance.provider.installs(), &conformance.artifact_repository)
        {
            let provider = conformance.provider;
            self.refuse(format!("the provider {provider} has no configured repository {name}"));
        }
    }

    /// An installation: tried, read back, and put up by the provider.
    fn installation(&mut self, argo: &ArgoReport, conformance: &Conformance) {
        let name = argo.versions.name();
        let tried = |stated: &&report::statement::Stated| stated.argo == name;
        if !conformance.verdicts.iter().any(|stated| tried(&stated)) {
            self.refuse(format!("no case was tried on Argo {name}"));
        }
        let is_there = !conformance.provider.installs();
        match (&argo.profile, is_there) {
            (Some(profile), true) => self.refuse(format!(
                "Argo {name} has the profile {}, and the provider existing installs none",
                profile.name()
            )),
            (None, false) => self.refuse(format!(
                "Argo {name} has no profile, and the provider {} installs one",
                conformance.provider
            )),
            (Some(_), false) | (None, true) => {}
        }
        match (&argo.controller, is_there) {
            (None, true) => self.refuse(format!(
                "Argo {name} has no found controller, and the provider existing finds one"
            )),
            (Some(_), false) => self.refuse(format!(
                "Argo {name} has a found controller, and the provider {} installs one",
                conformance.provider
            )),
            (Some(_), true) | (None, false) => {}
        }
        let mut components = BTreeSet::new();
        for image in &argo.images {
            if !components.insert(&image.component) {
                self.refuse(format!("Argo {name} has two images of {}", image.component));
            }
        }
        if conformance.verdicts.iter().any(|stated| tried(&stated) && stated.basis.is_some()) {
            self.read_back(argo, &name);
        }
    }

    /// Refuses an installation that differs from the records beside its histories, or that has
    /// none.
    fn read_back(&mut self, argo: &ArgoReport, name: &str) {
        let mut stated = argo.clone();
        // The pods of the cases tell this one, and nothing that is read back.
        for image in stated.images.iter_mut().filter(|image| image.component == EXECUTOR) {
            image.digest = None;
        }
        match read_back(&self.terms.directory, name) {
            Err(error) => self.refuse(format!("Argo {name}: {error:#}")),
            Ok(found) if found.is_empty() => {
                self.refuse(format!("Argo {name}: the record of the installation is missing"));
            }
            Ok(found) => {
                for (path, read) in found {
                    let read = installed::argo(&argo.versions, argo.profile, &read);
                    let differences = differences(&stated, &read);
                    if differences.is_empty() && stated.controller != read.controller {
                        self.refuse(format!(
                            "Argo {name}: {}: the found controller has other pods",
                            path.display()
                        ));
                    }
                    for difference in differences {
                        self.refuse(format!("Argo {name}: {}: {difference}", path.display()));
                    }
                }
            }
        }
    }
}
