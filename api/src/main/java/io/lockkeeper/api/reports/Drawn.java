package io.lockkeeper.api.reports;

import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.report.Template;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.ws.rs.QueryParam;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What of a report is wanted: the whole, or one of its blocks. */
public final class Drawn {
  @Parameter(description = "execution-log or context-for-next-step; left out for the whole report")
  @QueryParam("template")
  private @Nullable String template;

  @Parameter(description = "of a block; left out for the last that the promotion has reached")
  @QueryParam("environment")
  private @Nullable String environment;

  /** Absent where the whole report is wanted. */
  Optional<Template> template() {
    if (template == null && environment != null) {
      throw ProblemException.unprocessable(
          "missing-template", "an environment is of a block: name a template, one of " + words());
    }
    return Optional.ofNullable(template).map(Drawn::named);
  }

  Optional<String> environment() {
    return Optional.ofNullable(environment);
  }

  private static Template named(String word) {
    return Template.of(word)
        .orElseThrow(
            () ->
                ProblemException.unprocessable(
                    "unknown-template",
                    "there is no template \"" + word + "\": name one of " + words()));
  }

  private static String words() {
    return String.join(", ", Template.words());
  }
}
