package io.lockkeeper.signoff;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger.Then;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a person declares. One kind for every act, so that one verification serves all.
 *
 * @param promotion its id
 * @param change the change's hash
 * @param targets for {@code promote}: where the change may go, and whose consent each place wants;
 *     for others the place meant, or empty
 * @param environment the place meant; absent where the act is about the whole promotion
 * @param evidence for a sign-off the hash of what was seen
 * @param role for a sign-off, and for a rollback by option B
 * @param decision for a sign-off
 * @param reason why; a refusal needs one
 * @param option for a rollback
 * @param by for an extension: by how much
 * @param shortened for {@code promote}: whether times were shortened, which only a sandbox accepts
 * @param adjusts for an extension: what sections are applied more gently by
 * @param observes for an extension: what changes of the soak or watch besides its end
 * @param followUp for an acknowledgement: the follow-up that it is about
 * @param nonce unique; spent in the target where the statement is a grant
 */
public record Statement(
    Action action,
    String promotion,
    String change,
    List<TargetGrant> targets,
    Optional<String> environment,
    Optional<String> evidence,
    Optional<String> role,
    String person,
    Optional<Decision> decision,
    String reason,
    Optional<Option> option,
    Optional<Duration> by,
    boolean shortened,
    Instant issued,
    Instant expires,
    String nonce,
    Adjustment adjusts,
    Observing observes,
    Optional<String> followUp) {

  /** Yes or no. */
  public enum Decision {
    @JsonProperty("approve")
    APPROVE,
    @JsonProperty("refuse")
    REFUSE
  }

  /** Ways back. */
  public enum Option {
    /** The steps' undos; the sections stay. */
    @JsonProperty("quick")
    QUICK,
    /** Quick, then the sections really applied, in reverse. */
    @JsonProperty("A")
    A,
    /** The backup, restored beside and swapped in. */
    @JsonProperty("B")
    B
  }

  /**
   * A place that a change may go to.
   *
   * @param roles that must consent there; empty where starting alone is the grant
   */
  public record TargetGrant(
      String environment, String target, TargetIdentity identity, List<String> roles) {
    public TargetGrant {
      roles = List.copyOf(roles);
    }
  }

  /**
   * What an extension changes of a soak or watch.
   *
   * @param rollbackIf limits that must not come true besides those that hold; they only tighten
   * @param then what crossing one does; absent for what the trigger of that figure does
   * @param restart whether the soak begins anew, and lasts its whole time again
   */
  public record Observing(List<Limit> rollbackIf, Optional<Then> then, boolean restart) {
    public static final Observing NONE = new Observing(List.of(), Optional.empty(), false);

    public Observing {
      rollbackIf = List.copyOf(rollbackIf);
    }

    public boolean any() {
      return restart || !rollbackIf.isEmpty();
    }
  }

  public Statement {
    targets = List.copyOf(targets);
    // Statements of earlier versions do not have them.
    adjusts = adjusts == null ? Adjustment.NONE : adjusts;
    observes = observes == null ? Observing.NONE : observes;
    followUp = followUp == null ? Optional.empty() : followUp;
  }

  /** One that changes nothing of what is observed and is about no follow-up. */
  public Statement(
      Action action,
      String promotion,
      String change,
      List<TargetGrant> targets,
      Optional<String> environment,
      Optional<String> evidence,
      Optional<String> role,
      String person,
      Optional<Decision> decision,
      String reason,
      Optional<Option> option,
      Optional<Duration> by,
      boolean shortened,
      Instant issued,
      Instant expires,
      String nonce,
      Adjustment adjusts) {
    this(
        action,
        promotion,
        change,
        targets,
        environment,
        evidence,
        role,
        person,
        decision,
        reason,
        option,
        by,
        shortened,
        issued,
        expires,
        nonce,
        adjusts,
        Observing.NONE,
        Optional.empty());
  }

  /** The same, with what sections are applied more gently by. */
  public Statement adjusting(Adjustment adjustment) {
    return with(role, adjustment, observes, followUp);
  }

  /** The same, with what changes of the soak or watch. */
  public Statement observing(Observing observing) {
    return with(role, adjusts, observing, followUp);
  }

  /** The same, about a follow-up, in the role that it is for. */
  public Statement about(String whose, String name) {
    return with(Optional.of(whose), adjusts, observes, Optional.of(name));
  }

  private Statement with(
      Optional<String> whose, Adjustment adjustment, Observing observing, Optional<String> about) {
    return new Statement(
        action,
        promotion,
        change,
        targets,
        environment,
        evidence,
        whose,
        person,
        decision,
        reason,
        option,
        by,
        shortened,
        issued,
        expires,
        nonce,
        adjustment,
        observing,
        about);
  }

  public Optional<TargetGrant> grant(String place) {
    return targets.stream().filter(grant -> grant.environment().equals(place)).findFirst();
  }
}
