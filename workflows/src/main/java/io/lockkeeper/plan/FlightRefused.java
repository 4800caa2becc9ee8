package io.lockkeeper.plan;

/** A change cannot take this flight; the message says why and what to do. */
public final class FlightRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  public FlightRefused(String message) {
    super(message);
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
