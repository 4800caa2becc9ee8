package io.lockkeeper.stage;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Kinds of stages, in the words of the concepts page. */
public enum StageKind {
  @JsonProperty("deploy")
  DEPLOY,
  @JsonProperty("soak")
  SOAK,
  @JsonProperty("sign-off")
  SIGN_OFF,
  @JsonProperty("watch")
  WATCH
}
