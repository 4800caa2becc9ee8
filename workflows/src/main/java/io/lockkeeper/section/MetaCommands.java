package io.lockkeeper.section;

import java.util.Map;

/** What to do instead of a meta-command of psql, by the command. */
final class MetaCommands {
  private static final String INCLUDE = "put the statements of that file in the place of ";
  private static final String VALUE = "write the value where it is used, and remove ";
  private static final String SEMICOLON = "end the statement with ; in the place of ";
  private static final String DIFFERENCE =
      "change.yaml says what differs between environments, so remove ";
  private static final String TARGET = "the environment says which database it is, so remove ";

  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry("\\;", "write ; in the place of "),
          Map.entry("\\:", "write : in the place of "),
          Map.entry("\\.", "write rows as INSERT statements, and remove "),
          Map.entry("\\copy", "write INSERT statements in the place of "),
          Map.entry("\\i", INCLUDE),
          Map.entry("\\ir", INCLUDE),
          Map.entry("\\include", INCLUDE),
          Map.entry("\\include_relative", INCLUDE),
          Map.entry("\\set", VALUE),
          Map.entry("\\gset", VALUE),
          Map.entry("\\getenv", VALUE),
          Map.entry("\\prompt", VALUE),
          Map.entry("\\g", SEMICOLON),
          Map.entry("\\gx", SEMICOLON),
          Map.entry("\\gexec", "write the statements that it would run in the place of "),
          Map.entry("\\if", DIFFERENCE),
          Map.entry("\\elif", DIFFERENCE),
          Map.entry("\\else", DIFFERENCE),
          Map.entry("\\endif", DIFFERENCE),
          Map.entry("\\c", TARGET),
          Map.entry("\\connect", TARGET));

  private MetaCommands() {}

  /** At a backslash: psql ends the name of a command at a blank and at the next backslash. */
  static SqlSyntaxException refuse(Characters characters) {
    Place start = characters.place();
    characters.advance();
    if (characters.now() == ';' || characters.now() == ':') {
      characters.advance();
    } else {
      while (!characters.atEnd() && !ends(characters.now())) {
        characters.advance();
      }
    }
    String command = characters.since(start);
    return start.refuse(
        "meta-command",
        "psql meta-commands do nothing here: "
            + INSTEAD.getOrDefault(command, "remove ")
            + Place.shown(command));
  }

  private static boolean ends(char c) {
    return Characters.isBlank(c) || c == '\u000B' || c == '\\' || c == ';';
  }
}
