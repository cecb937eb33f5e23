//! Tests of the reports for people and programs.

mod case;
mod check;
mod conformance;
mod ctrf;
mod exit;
mod exposure;
mod formats;
mod github;
mod html;
mod json;
mod junit;
mod line;
mod live;
mod markdown_report;
mod matrix;
mod merge;
mod run;
mod samples;
mod schema;
mod site;
mod summary;
mod text;
mod timeline;
mod unobserved;
