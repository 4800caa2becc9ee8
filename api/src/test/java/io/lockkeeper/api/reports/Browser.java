package io.lockkeeper.api.reports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Chromium without a window, for one page. The pipeline installs it. */
final class Browser {
  private static final String NAME = "chromium";
  private static final long PATIENCE_SECONDS = 60;

  private Browser() {}

  /** Skips the test where there is none: elsewhere than in the pipeline nobody needs one. */
  static void require() {
    boolean there =
        List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, NAME)));
    assumeTrue(there, "chromium is not on the PATH: apt-get install chromium");
  }

  /**
   * Shows a page and runs a script in it.
   *
   * @param script what it gives becomes the title
   * @param width of the window, in pixels
   * @return the title
   */
  static String title(Path folder, String page, String script, int width) {
    try {
      Path file = folder.resolve("page.html");
      Files.writeString(
          file,
          page.replace(
              "</body>", "<script>document.title = (() => {" + script + "})();</script></body>"));
      String dom = run(folder, width, file);
      int from = dom.indexOf("<title>") + "<title>".length();
      return dom.substring(from, dom.indexOf("</title>"));
    } catch (IOException e) {
      throw new AssertionError("chromium did not show the page", e);
    }
  }

  private static String run(Path folder, int width, Path page) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                NAME,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=" + width + ",1000",
                "--dump-dom",
                page.toUri().toString()));
    Path out = folder.resolve("dom.html");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("chromium does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(out, UTF_8);
  }
}
