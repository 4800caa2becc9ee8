package io.lockkeeper.step;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Kinds of acts, in the words of the concepts page. */
public enum StepKind {
  @JsonProperty("precheck")
  PRECHECK,
  @JsonProperty("hold")
  HOLD,
  @JsonProperty("baseline")
  BASELINE,
  @JsonProperty("measure")
  MEASURE,
  @JsonProperty("backup")
  BACKUP,
  @JsonProperty("apply")
  APPLY,
  @JsonProperty("revert")
  REVERT,
  @JsonProperty("maintain")
  MAINTAIN,
  @JsonProperty("restore")
  RESTORE,
  @JsonProperty("verify")
  VERIFY,
  @JsonProperty("compare")
  COMPARE,
  @JsonProperty("sql")
  SQL,
  @JsonProperty("undo")
  UNDO,
  @JsonProperty("check")
  CHECK,
  @JsonProperty("observe")
  OBSERVE,
  @JsonProperty("release")
  RELEASE
}
