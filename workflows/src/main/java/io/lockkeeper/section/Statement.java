package io.lockkeeper.section;

import io.lockkeeper.blob.Sha256;
import java.util.List;

/**
 * One statement of a section.
 *
 * @param text as written, without the semicolon and without comments before it
 * @param tokens never empty
 * @param line of its first token, from 1
 * @param column of its first token, from 1
 */
public record Statement(String text, List<Token> tokens, int line, int column) {
  public Statement {
    tokens = tokens instanceof Tokens ? tokens : List.copyOf(tokens);
  }

  /** SHA-256 over the text: what the ledger and the journal know it by. */
  public String digest() {
    return Sha256.hex(text);
  }
}
