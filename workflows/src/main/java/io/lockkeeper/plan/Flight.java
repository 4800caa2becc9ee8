package io.lockkeeper.plan;

import io.lockkeeper.change.FollowUp.Outcome;
import io.lockkeeper.stage.StagePlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The stages of a promotion, in order.
 *
 * @param stages names unique, never empty
 * @param shortened whether times were shortened or windows skipped
 * @param followUps what is left to do at its end; none in flights of earlier versions
 */
public record Flight(List<StagePlan> stages, boolean shortened, List<FollowUpPlan> followUps) {
  public Flight {
    stages = List.copyOf(stages);
    followUps = followUps == null ? List.of() : List.copyOf(followUps);
  }

  /** One that nothing follows. */
  public Flight(List<StagePlan> stages, boolean shortened) {
    this(stages, shortened, List.of());
  }

  /** What follows that end, in order. */
  public List<FollowUpPlan> followUps(Outcome outcome) {
    return followUps.stream().filter(plan -> plan.outcome() == outcome).toList();
  }

  /** In the order in which they are reached. */
  public Set<String> environments() {
    Set<String> environments = new LinkedHashSet<>();
    stages.forEach(stage -> environments.add(stage.environment()));
    return environments;
  }

  /** Whose consent an environment asks for, in order; empty where it asks for none. */
  public List<String> roles(String environment) {
    return stages.stream()
        .filter(stage -> stage instanceof StagePlan.SignOff)
        .filter(stage -> stage.environment().equals(environment))
        .flatMap(stage -> ((StagePlan.SignOff) stage).roles().stream())
        .toList();
  }

  public StagePlan stage(String name) {
    return stages.stream()
        .filter(stage -> stage.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no stage " + name));
  }

  /** The stage that applies the change in an environment. */
  public StagePlan.Deploy deploy(String environment) {
    return stages.stream()
        .filter(stage -> stage instanceof StagePlan.Deploy)
        .map(stage -> (StagePlan.Deploy) stage)
        .filter(stage -> stage.environment().equals(environment))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no deploy stage in " + environment));
  }
}
