package io.lockkeeper.section;

import org.jspecify.annotations.Nullable;

/**
 * {@code COPY … FROM stdin}: the lines after it are rows, so it is refused before they are read as
 * SQL.
 */
final class CopyFromInput {
  private enum Progress {
    START,
    COPY,
    FROM,
    NONE
  }

  private Progress progress = Progress.START;
  private @Nullable Token copy;

  /** A statement ends. */
  void restart() {
    progress = Progress.START;
    copy = null;
  }

  void see(Token token, boolean inParentheses) {
    if (progress == Progress.NONE || (progress == Progress.COPY && inParentheses)) {
      return;
    }
    // For the server STDOUT after FROM is the client's input too.
    if (progress == Progress.FROM && copy != null && (token.is("stdin") || token.is("stdout"))) {
      throw Place.of(copy)
          .refuse(
              "copy-from-stdin",
              "COPY … FROM stdin carries data in the script: write INSERT statements instead");
    }
    progress =
        switch (progress) {
          case START -> token.is("copy") ? Progress.COPY : Progress.NONE;
          case COPY -> token.is("from") ? Progress.FROM : Progress.COPY;
          case FROM, NONE -> Progress.NONE;
        };
    copy = progress == Progress.COPY && copy == null ? token : copy;
  }
}
