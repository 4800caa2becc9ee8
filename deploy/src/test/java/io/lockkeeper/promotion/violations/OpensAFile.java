package io.lockkeeper.promotion.violations;

import java.io.FileInputStream;
import java.io.IOException;

/** Planted: workflow code that reads a file. */
public final class OpensAFile {
  private OpensAFile() {}

  public static int firstByte(String name) throws IOException {
    try (FileInputStream in = new FileInputStream(name)) {
      return in.read();
    }
  }
}
