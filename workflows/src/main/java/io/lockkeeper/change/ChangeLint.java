package io.lockkeeper.change;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.lint.Hazard;
import io.lockkeeper.lint.StatementLint;
import java.util.List;
import java.util.Map;

/** Lints what a change does in one environment, long after its bundle was read. */
public final class ChangeLint {
  private ChangeLint() {}

  /**
   * What is found in the sections and queries of an environment; nothing where the change does not
   * go there. In the order of the files; places in {@code change.yaml} are not known any more.
   */
  public static List<Finding> of(Bundle bundle, String environment) {
    Change change = bundle.change();
    Findings findings = new Findings();
    change
        .environment(environment)
        .ifPresent(
            plan -> {
              Change there =
                  new Change(
                      change.name(),
                      change.why(),
                      change.risk(),
                      change.engine(),
                      change.labels(),
                      change.probes(environment),
                      change.checks(environment),
                      List.of(plan),
                      change.next(),
                      change.followUp());
              StatementLint lint = SectionLint.check(there, bundle.files(), findings, Map.of());
              QueryLint.check(there, lint, Map.of());
            });
    findings.explain(Hazard::explain);
    return findings.all();
  }
}
