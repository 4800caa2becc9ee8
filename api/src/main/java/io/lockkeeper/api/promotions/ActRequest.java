package io.lockkeeper.api.promotions;

import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.GuardRule;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.signoff.Statement.Decision;
import io.lockkeeper.signoff.Statement.Observing;
import io.lockkeeper.signoff.Statement.Option;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of any act; each act reads what it needs.
 *
 * @param reason why; every act but a sign-off needs one
 * @param comment of a sign-off
 * @param environment of a rollback, left out for the one where it is; of an extension, left out
 *     where only one is observed
 * @param back of a rollback by option B that has ended: whether the database from before takes its
 *     place again
 * @param by of an extension: how much longer what is observed lasts
 * @param pace of an extension: pause between sections from now on
 * @param guard of an extension: limits that must hold besides those written
 * @param rollbackIf of an extension: limits that must not come true while it is observed, besides
 *     those that hold
 * @param then of an extension: what crossing one of {@code rollback_if} does
 * @param restart of an extension: whether the soak begins anew
 * @param followUp of an acknowledgement: the name of the follow-up that it is about
 */
record ActRequest(
    @Nullable String reason,
    @Nullable String role,
    @Nullable String decision,
    @Nullable String comment,
    @Nullable String evidenceHash,
    @Nullable String confirm,
    @Nullable String environment,
    @Nullable String option,
    @Nullable Boolean back,
    @Nullable String by,
    @Nullable String pace,
    @Nullable List<String> guard,
    @Nullable List<String> rollbackIf,
    @Nullable String then,
    @Nullable Boolean restart,
    @Nullable String followUp) {

  /** A change is applied within hours, and a pause between sections is not a stage of its own. */
  private static final Duration LONGEST_PACE = Duration.ofHours(1);

  String reasonOrRefuse() {
    if (reason == null || reason.isBlank()) {
      throw ProblemException.unprocessable("missing-reason", "the body needs \"reason\"");
    }
    return reason.strip();
  }

  String roleOrRefuse() {
    if (role == null || role.isBlank()) {
      throw ProblemException.unprocessable("missing-role", "the body needs \"role\"");
    }
    return role;
  }

  Decision decisionOrRefuse() {
    if ("approve".equals(decision)) {
      return Decision.APPROVE;
    }
    if ("refuse".equals(decision)) {
      if (comment == null || comment.isBlank()) {
        throw ProblemException.unprocessable("missing-comment", "a refusal needs a comment");
      }
      return Decision.REFUSE;
    }
    throw ProblemException.unprocessable("bad-decision", "\"decision\" is approve or refuse");
  }

  String evidenceOrRefuse() {
    if (evidenceHash == null || evidenceHash.isBlank()) {
      throw ProblemException.unprocessable(
          "missing-evidence_hash", "the body needs \"evidence_hash\": what was read");
    }
    return evidenceHash;
  }

  Optional<Option> optionOrRefuse() {
    if (option == null || option.equals("A")) {
      return Optional.of(Option.A);
    }
    if (option.equals("B")) {
      return Optional.of(Option.B);
    }
    if (option.equals("quick")) {
      return Optional.of(Option.QUICK);
    }
    throw ProblemException.unprocessable(
        "bad-option", "option " + option + " is none: there are quick, A and B");
  }

  /** Whether a rollback by option B is undone. */
  boolean swapsBack() {
    boolean asked = Boolean.TRUE.equals(back);
    if (asked && !"B".equals(option)) {
      throw ProblemException.unprocessable(
          "bad-back", "only a restore is swapped back: set \"option\" to B");
    }
    return asked;
  }

  /** How much longer, for an extension. */
  Optional<Duration> extension() {
    boolean observes = restarts() || (rollbackIf != null && !rollbackIf.isEmpty());
    if (by == null && pace == null && !observes && (guard == null || guard.isEmpty())) {
      throw ProblemException.unprocessable(
          "missing-by",
          "the body needs \"by\", such as 6h; or \"pace\", such as 2m; or \"guard\", such as"
              + " [locks.waiting <= 5]; or \"rollback_if\", such as [locks.waiting > 3 for 30s];"
              + " or \"restart\": true");
    }
    return duration("bad-by", by);
  }

  /** What sections are applied more gently by. */
  Adjustment adjustment() {
    Optional<Duration> paced = duration("bad-pace", pace);
    if (paced.filter(value -> value.compareTo(LONGEST_PACE) > 0).isPresent()) {
      throw ProblemException.unprocessable(
          "bad-pace", "a pace of " + pace + " is longer than " + Durations.print(LONGEST_PACE));
    }
    return new Adjustment(
        paced, guard == null ? List.of() : guard.stream().map(ActRequest::limit).toList());
  }

  /**
   * What changes of the soak or watch besides its end.
   *
   * @param line reads a limit as one of {@code rollback_if}; throws with the reason where it cannot
   */
  Observing observing(Function<String, Limit> line) {
    if (restarts() && by != null) {
      throw ProblemException.unprocessable(
          "bad-restart",
          "a soak that begins anew lasts its whole time again: leave \"by\" out, and extend it then");
    }
    List<String> lines = rollbackIf == null ? List.of() : rollbackIf;
    return new Observing(
        lines.stream().map(text -> trigger(line, text)).toList(), thenOrRefuse(), restarts());
  }

  private boolean restarts() {
    return Boolean.TRUE.equals(restart);
  }

  private static Limit trigger(Function<String, Limit> line, String text) {
    try {
      return line.apply(text);
    } catch (IllegalArgumentException e) {
      throw ProblemException.unprocessable("bad-rollback_if", String.valueOf(e.getMessage()));
    }
  }

  private Optional<Then> thenOrRefuse() {
    if (then == null) {
      return Optional.empty();
    }
    return Arrays.stream(Then.values())
        .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(then))
        .findFirst()
        .or(
            () -> {
              throw ProblemException.unprocessable(
                  "bad-then", "\"then\" is rollback, quick, pause or note");
            });
  }

  private static Limit limit(String text) {
    try {
      return GuardRule.parser("while a section runs: write a number").parse(text);
    } catch (IllegalArgumentException e) {
      throw ProblemException.unprocessable("bad-guard", String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Duration> duration(String code, @Nullable String text) {
    try {
      return Optional.ofNullable(text).map(Durations::parse);
    } catch (IllegalArgumentException e) {
      throw ProblemException.unprocessable(code, String.valueOf(e.getMessage()));
    }
  }
}
