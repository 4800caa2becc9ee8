package io.lockkeeper.deploy.cli;

import java.io.BufferedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/** The command line in this process. */
final class Cli {
  private Cli() {}

  /** What came of a command. */
  record Ran(int code, String out, String err) {}

  static Ran run(Map<String, String> variables, String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine(variables);
    // As the real ones: what is printed without the end of a line stays in the writer.
    line.setOut(new PrintWriter(new BufferedWriter(out), true));
    line.setErr(new PrintWriter(new BufferedWriter(err), true));
    int code = line.execute(words);
    return new Ran(code, out.toString(), err.toString());
  }

  /** As somebody who is logged in. */
  static Ran run(String server, String token, String... words) {
    return run(Map.of("LOCKKEEPER_SERVER", server, "LOCKKEEPER_TOKEN", token), words);
  }
}
