package io.lockkeeper.activities.backup;

import java.io.IOException;

/** A tool or command ended badly. */
final class ToolFailedException extends IOException {
  private static final long serialVersionUID = 1;

  private final String doing;
  private final String words;

  /**
   * @param doing what was tried, on what
   * @param words the tool's own, without values of rows
   */
  ToolFailedException(String doing, String words) {
    super(doing + ": " + words);
    this.doing = doing;
    this.words = words;
  }

  String doing() {
    return doing;
  }

  String words() {
    return words;
  }
}
