package io.lockkeeper.report;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.Probe;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Status;
import io.lockkeeper.limit.Bound;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Operator;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Comparison;
import io.lockkeeper.step.Evidence.ObjectState;
import io.lockkeeper.step.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a change did in one environment: a word each from verdicts. Pure. */
final class Deployment {
  /** How whoever reports an impact begins the reason of the pause. */
  private static final String IMPACT = "impact";

  private final PromotionState state;
  private final Seen seen;
  private final Change change;
  private final List<Chained> chain;

  Deployment(PromotionState state, Seen seen, Change change, List<Chained> chain) {
    this.state = state;
    this.seen = seen;
    this.change = change;
    this.chain = chain;
  }

  /** Objects, figures, plans and status, in this order. */
  List<Word> words() {
    return List.of(indexes(), performance(), usage(), status());
  }

  private boolean carried() {
    return state.begun().contains(seen.environment());
  }

  private Word indexes() {
    String subject = "Indexes Added";
    Optional<Seen.Ended> ended = seen.step("verify-objects");
    Optional<Evidence.Objects> objects =
        ended.flatMap(step -> step.evidence(Evidence.Objects.class));
    if (!carried()) {
      return new Word(subject, "0", false, seen.environment() + " does not carry the change");
    }
    if (objects.isEmpty()) {
      return new Word(
          subject, Word.NOT_MEASURED, false, "nobody has looked whether they are there");
    }
    long valid = objects.get().objects().stream().filter(ObjectState::valid).count();
    int planned = objects.get().objects().size() + objects.get().missing().size();
    Optional<Check> wanted = wanted();
    String target =
        wanted.map(check -> least(check).orElseThrow()).orElse(Integer.toString(planned));
    boolean enough =
        wanted
            .map(check -> seen.check(check.name()).filter(i -> i.verdict() == Verdict.PASS))
            .map(Optional::isPresent)
            .orElse(true);
    return new Word(
        subject,
        valid + " (target: " + target + ")",
        enough && ended.get().verdict() == Verdict.PASS,
        ended.get().sentence()
            + wanted
                .flatMap(check -> seen.check(check.name()))
                .map(item -> "; " + item.name() + ": " + item.sentence())
                .orElse(""));
  }

  /** The check that says how many there must be at least. */
  private Optional<Check> wanted() {
    return change.checks(seen.environment()).stream()
        .filter(check -> check.source() instanceof Check.Sql)
        .filter(check -> check.when().contains(Moment.AFTER))
        .filter(check -> least(check).isPresent())
        .findFirst();
  }

  /** {@code 45+}, as its limit {@code value >= 45} says. */
  private static Optional<String> least(Check check) {
    for (Limit limit : check.expect()) {
      if (limit.metric().equals(Metrics.VALUE)
          && limit.operator() == Operator.GREATER_OR_EQUAL
          && limit.bound() instanceof Bound.Fixed fixed) {
        return Optional.of(String.format(Locale.ROOT, "%.0f+", fixed.quantity().value()));
      }
    }
    return Optional.empty();
  }

  /** Of the change's first core probe; the others stand in the report. */
  private Word performance() {
    String subject = "Query Performance";
    Optional<Seen.Ended> compared = seen.step("compare");
    Optional<Evidence.Comparisons> table =
        compared.flatMap(ended -> ended.evidence(Evidence.Comparisons.class));
    Optional<Comparison> first =
        table.stream()
            .flatMap(t -> t.probes().stream())
            .filter(probe -> probe.core() && probe.beforeP50().isPresent() && !probe.ratio())
            .findFirst();
    if (first.isEmpty()) {
      return new Word(
          subject, Word.NOT_MEASURED, false, "no core probe was compared with its baseline");
    }
    Comparison probe = first.get();
    return new Word(
        subject,
        ReportText.ms(probe.beforeP50().orElseThrow())
            + " → "
            + ReportText.ms(probe.afterP50())
            + " ("
            + probe.probe()
            + ")",
        compared.orElseThrow().verdict() == Verdict.PASS,
        compared.get().sentence());
  }

  /** The plans of all probes that say which index they are for. */
  private Word usage() {
    String subject = "Index Usage";
    List<Comparison> compared =
        seen.evidence("compare", Evidence.Comparisons.class)
            .map(Evidence.Comparisons::probes)
            .orElse(List.of());
    List<Probe> asking =
        change.probes(seen.environment()).stream().filter(p -> !p.uses().isEmpty()).toList();
    List<String> open =
        asking.stream()
            .filter(probe -> compared.stream().noneMatch(c -> isUsed(probe, c)))
            .map(probe -> "the plan of " + probe.name() + " does not show " + names(probe))
            .toList();
    if (asking.isEmpty() || compared.isEmpty()) {
      String why =
          asking.isEmpty() ? "no probe says which index it is for" : "no plan was looked at after";
      return new Word(subject, Word.NOT_MEASURED, false, why);
    }
    return open.isEmpty()
        ? new Word(
            subject,
            "VERIFIED",
            true,
            asking.size() + " of " + asking.size() + " plans name their index")
        : new Word(subject, "NOT VERIFIED", false, String.join("; ", open));
  }

  private static boolean isUsed(Probe probe, Comparison compared) {
    return compared.probe().equals(probe.name())
        && compared.indexes().stream().anyMatch(probe.uses()::contains);
  }

  private static String names(Probe probe) {
    return String.join(" or ", probe.uses());
  }

  private Word status() {
    boolean good =
        state.status() == Status.COMPLETE
            && carried()
            && passed("verify-objects")
            && passed("verify-checks");
    String word =
        good
            ? "SUCCESS"
            : state.status() == Status.COMPLETE ? "COMPLETE, with findings" : state.status().name();
    return new Word("Deployment Status", word, good, state.sentence());
  }

  private boolean passed(String step) {
    return seen.step(step).filter(ended -> ended.verdict() == Verdict.PASS).isPresent();
  }

  /** What a person said while it was watched; nobody can measure it. */
  Word customers() {
    String subject = "Customer Reports";
    Optional<String> impact =
        events(Event.ActAccepted.class)
            .filter(act -> act.action() == Action.PAUSE)
            .filter(act -> act.reason().toLowerCase(Locale.ROOT).startsWith(IMPACT))
            .map(act -> act.person() + " paused it: " + act.reason())
            .findFirst();
    Optional<Event.CustomerReports> said =
        events(Event.CustomerReports.class).reduce((earlier, later) -> later);
    if (impact.isPresent()) {
      return new Word(subject, "REPORTED", false, impact.get());
    }
    if (said.isEmpty()) {
      return new Word(
          subject,
          "NOT CONFIRMED",
          false,
          "nobody has said, while it was watched: lockkeeper acknowledge ID --reason none");
    }
    return said.get().none()
        ? new Word(subject, "NONE", true, "says " + said.get().person())
        : new Word(subject, "REPORTED", false, said.get().person() + ": " + said.get().text());
  }

  private <T extends Event> Stream<T> events(Class<T> kind) {
    return chain.stream()
        .map(link -> link.entry().event())
        .filter(kind::isInstance)
        .map(kind::cast);
  }
}
