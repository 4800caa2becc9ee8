package io.lockkeeper.promotion;

import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.plan.FollowUpPlan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is left to do once a promotion is over, and, after continuing as new, how far it came.
 *
 * @param work the stage is {@code follow-up}
 * @param open what is not done yet, in the order written
 * @param trustedKeys whose statements count
 * @param nonces of the statements that were used
 * @param refusals how many signals were refused so far
 * @param written how many entries this writer has recorded so far
 * @param unwritten those of them that the journal has not taken yet
 * @param closes the end with which the grant is still to be closed before statements run; absent
 *     where the promotion closed it, and in orders of earlier versions
 */
public record FollowUpOrder(
    WorkOrder work,
    List<Open> open,
    Set<String> trustedKeys,
    Set<String> nonces,
    int refusals,
    long written,
    List<Entry> unwritten,
    Optional<String> closes) {
  /** Its stage, and what follows the promotion's id in the workflow's. */
  public static final String STAGE = "follow-up";

  /**
   * One of them.
   *
   * @param next when it is done, asked for, or tried again
   * @param times how often it was up to now
   */
  public record Open(FollowUpPlan plan, Instant next, int times) {}

  public FollowUpOrder {
    open = List.copyOf(open);
    trustedKeys = Set.copyOf(trustedKeys);
    nonces = Set.copyOf(nonces);
    unwritten = List.copyOf(unwritten);
    closes = closes == null ? Optional.empty() : closes;
  }

  /** The id of the workflow in which they are done. */
  public static String workflow(String promotion) {
    return promotion + "/" + STAGE;
  }

  static FollowUpOrder fresh(
      WorkOrder work,
      List<FollowUpPlan> plans,
      Instant from,
      Set<String> trustedKeys,
      Optional<String> closes) {
    return new FollowUpOrder(
        work,
        plans.stream().map(plan -> new Open(plan, from.plus(plan.after()), 0)).toList(),
        trustedKeys,
        Set.of(),
        0,
        0,
        List.of(),
        closes);
  }
}
