package io.lockkeeper.signoff;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a person can do to a promotion. The words are those of the API, the CLI and Temporal. */
public enum Action {
  @JsonProperty("promote")
  PROMOTE("promote"),
  @JsonProperty("signOff")
  SIGN_OFF("signOff"),
  @JsonProperty("acknowledge")
  ACKNOWLEDGE("acknowledge"),
  @JsonProperty("pause")
  PAUSE("pause"),
  @JsonProperty("resume")
  RESUME("resume"),
  @JsonProperty("retry")
  RETRY("retry"),
  @JsonProperty("extend")
  EXTEND("extend"),
  @JsonProperty("abort")
  ABORT("abort"),
  @JsonProperty("rollback")
  ROLLBACK("rollback"),
  /** Of a rollback by option B that has ended: the former database is swapped in again. */
  @JsonProperty("swapBack")
  SWAP_BACK("swapBack");

  private final String word;

  Action(String word) {
    this.word = word;
  }

  /** The name of the update and the signal. */
  public String word() {
    return word;
  }

  /** For people: {@code sign-off}, {@code swap-back}. */
  public String text() {
    return switch (this) {
      case SIGN_OFF -> "sign-off";
      case SWAP_BACK -> "swap-back";
      default -> word;
    };
  }

  /** Whether it is the safe direction, obeyed also where nobody signed it. */
  public boolean safe() {
    return this == PAUSE || this == ABORT;
  }
}
