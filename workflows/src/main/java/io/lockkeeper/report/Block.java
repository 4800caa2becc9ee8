package io.lockkeeper.report;

import io.lockkeeper.change.Change;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.StageState;
import io.lockkeeper.stage.StageKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A block that people keep in a log of their own, drawn of one environment. The same promotion
 * gives the same block until its journal grows.
 *
 * @param words in the order of the block
 * @param markdown the block itself
 */
public record Block(
    Template template,
    String promotion,
    String environment,
    Status status,
    List<Word> words,
    String markdown) {
  public Block {
    words = List.copyOf(words);
  }

  /**
   * Draws a block.
   *
   * @param chain the promotion's whole journal, in order; never empty
   * @param change the one that is promoted
   * @param wanted an environment that the promotion goes through; absent for the last that it has
   *     reached
   * @throws IllegalArgumentException where it does not go there
   */
  public static Block of(
      Template template,
      String promotion,
      PromotionState state,
      List<Chained> chain,
      Change change,
      Optional<String> wanted) {
    String environment = environment(promotion, state, wanted);
    Seen seen = Seen.of(environment, state, chain);
    Deployment deployment = new Deployment(state, seen, change, chain);
    List<Word> impact = new Impact(seen, change).words();
    Report report = ReportBuilder.build(promotion, state, chain);
    List<Word> words = new ArrayList<>();
    String text;
    if (template == Template.EXECUTION_LOG) {
      Word status =
          new Word(
              "STATUS", state.status().name(), state.status() == Status.COMPLETE, state.sentence());
      words.addAll(impact);
      words.add(status);
      text = new ExecutionLog(report, seen, change, Reaction.of(chain)).markdown(words);
    } else {
      words.addAll(deployment.words());
      words.addAll(impact.subList(0, 3));
      words.add(deployment.customers());
      text = new NextStep(report, seen).markdown(words, new WaysBack(state, seen, change).lines());
    }
    return new Block(template, promotion, environment, state.status(), words, text);
  }

  private static String environment(
      String promotion, PromotionState state, Optional<String> wanted) {
    List<StageState> stages =
        state.stages().stream().filter(stage -> stage.kind() == StageKind.DEPLOY).toList();
    List<String> environments = stages.stream().map(StageState::environment).toList();
    if (wanted.isPresent() && !environments.contains(wanted.get())) {
      throw new IllegalArgumentException(
          promotion + " does not go through \"" + wanted.get() + "\", but " + environments);
    }
    return wanted.orElseGet(
        () ->
            stages.stream()
                .filter(stage -> stage.startedAt().isPresent())
                .map(StageState::environment)
                .reduce((earlier, later) -> later)
                .orElse(environments.get(0)));
  }
}
