//! The usual types: an envelope that flattens an adjacently tagged enum.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only parsed")]
pub struct Event {
    id: String,
    created: u64,
    #[serde(flatten)]
    payload: Payload,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "data")]
#[expect(dead_code, reason = "only parsed")]
enum Payload {
    #[serde(rename = "asset.analysis.failed")]
    AssetAnalysisFailed { asset_id: String, team_id: String, error: String, job_id: Option<String> },
    #[serde(rename = "asset.analysis.progress")]
    AssetAnalysisProgress {
        asset_id: String,
        team_id: String,
        progress: f64,
        job_id: Option<String>,
    },
    #[serde(rename = "asset.analysis.started")]
    AssetAnalysisStarted { asset_id: String, team_id: String, job_id: Option<String> },
    #[serde(rename = "asset.analysis.succeeded")]
    AssetAnalysisSucceeded { asset_id: String, team_id: String, job_id: Option<String> },
    #[serde(rename = "asset.creation.failed")]
    AssetCreationFailed { asset_id: String, team_id: String, error: String, job_id: Option<String> },
    #[serde(rename = "asset.creation.succeeded")]
    AssetCreationSucceeded {
        asset_id: String,
        team_id: String,
        duration_seconds: f64,
        job_id: Option<String>,
    },
    #[serde(rename = "post.draft.created")]
    PostDraftCreated { post_id: String, clip_id: String, platform: String, team_id: String },
    #[serde(rename = "post.failed")]
    PostFailed {
        post_id: String,
        clip_id: String,
        platform: String,
        team_id: String,
        error: String,
    },
    #[serde(rename = "post.published")]
    PostPublished {
        post_id: String,
        clip_id: String,
        platform: String,
        team_id: String,
        published_url: String,
    },
    #[serde(rename = "post.scheduled")]
    PostScheduled {
        post_id: String,
        clip_id: String,
        platform: String,
        team_id: String,
        scheduled_at: u64,
    },
    #[serde(rename = "project.render.failed")]
    ProjectRenderFailed { project_id: String, team_id: String, error: String },
    #[serde(rename = "project.render.progress")]
    ProjectRenderProgress { project_id: String, team_id: String, progress: f64 },
    #[serde(rename = "project.render.started")]
    ProjectRenderStarted { project_id: String, team_id: String },
    #[serde(rename = "project.render.succeeded")]
    ProjectRenderSucceeded { project_id: String, team_id: String },
}
