package io.lockkeeper.api.promotions;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.plan.Overrides;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a promotion.
 *
 * @param change its hash, or its name for the newest of that name
 * @param environments a subset of the change's; left out for all
 * @param confirm the name of the production environment, typed; a list where there are more
 */
record StartRequest(
    @Nullable String change,
    @Nullable List<String> environments,
    @Nullable OverridesRequest overrides,
    @Nullable String reason,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        @Nullable List<String> confirm) {

  /** Durations as people write them. */
  record OverridesRequest(
      @Nullable String soak,
      @Nullable String watch,
      @Nullable String sample,
      @Nullable String followUp,
      @Nullable String window) {}

  String changeOrRefuse() {
    return present(change, "change");
  }

  String reasonOrRefuse() {
    return present(reason, "reason");
  }

  List<String> selected() {
    return environments == null ? List.of() : List.copyOf(environments);
  }

  boolean confirms(String environment) {
    return confirm != null && confirm.contains(environment);
  }

  Overrides parsedOverrides() {
    if (overrides == null) {
      return Overrides.NONE;
    }
    if (overrides.window != null && !overrides.window.equals("any")) {
      throw ProblemException.unprocessable("bad-overrides", "overrides.window can only be any");
    }
    return new Overrides(
        duration("soak", overrides.soak, Duration.ofSeconds(1)),
        duration("watch", overrides.watch, Duration.ofSeconds(1)),
        duration("sample", overrides.sample, Duration.ofMillis(100)),
        duration("follow_up", overrides.followUp, Duration.ofSeconds(1)),
        overrides.window != null);
  }

  private static Optional<Duration> duration(String name, @Nullable String text, Duration least) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      Duration duration = Durations.parse(text);
      if (duration.compareTo(least) < 0) {
        throw new IllegalArgumentException(
            "\"" + text + "\" is shorter than " + Durations.print(least));
      }
      return Optional.of(duration);
    } catch (IllegalArgumentException e) {
      throw ProblemException.unprocessable(
          "bad-overrides", "overrides." + name + ": " + e.getMessage());
    }
  }

  private static String present(@Nullable String value, String name) {
    if (value == null || value.isBlank()) {
      throw ProblemException.unprocessable("missing-" + name, "the body needs \"" + name + "\"");
    }
    return value.strip();
  }
}
