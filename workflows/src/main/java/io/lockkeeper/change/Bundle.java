package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.blob.Sha256;
import io.lockkeeper.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A change with its files, in the canonical form: the expanded change as canonical JSON, then every
 * other file in the order of names with its raw bytes. The SHA-256 of that form is the change's
 * identity and its address in the blob store, so whoever has the bytes can prove what they are.
 */
public final class Bundle {
  private static final String MAGIC = "lockkeeper-change-1\n";

  private final Change change;
  private final SortedMap<String, byte[]> files;
  private final byte[] canonical;

  private Bundle(Change change, SortedMap<String, byte[]> files, byte[] canonical) {
    this.change = change;
    this.files = files;
    this.canonical = canonical;
  }

  /**
   * @param files by name, without {@code change.yaml}
   */
  public static Bundle of(Change change, Map<String, byte[]> files) {
    SortedMap<String, byte[]> sorted = new TreeMap<>(files);
    return new Bundle(change, sorted, write(Json.canonical(change), sorted));
  }

  /**
   * @throws IllegalArgumentException where the bytes are not a canonical bundle
   */
  public static Bundle parse(byte[] canonical) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(canonical))) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length()), MAGIC.getBytes(UTF_8))) {
        throw new IllegalArgumentException("not a bundle of this version");
      }
      Change change = Json.read(readPart(in), Change.class);
      SortedMap<String, byte[]> files = new TreeMap<>();
      while (in.available() > 0) {
        files.put(new String(readPart(in), UTF_8), readPart(in));
      }
      return new Bundle(change, files, canonical.clone());
    } catch (IOException e) {
      throw new IllegalArgumentException("a bundle that ends too early", e);
    }
  }

  public Change change() {
    return change;
  }

  /** SHA-256 of {@link #canonical}. */
  public String hash() {
    return Sha256.hex(canonical);
  }

  public byte[] canonical() {
    return canonical.clone();
  }

  /** Names in order, without {@code change.yaml}. */
  public Map<String, byte[]> files() {
    return Collections.unmodifiableSortedMap(files);
  }

  /**
   * @throws NoSuchElementException where the bundle has no such file
   */
  public String text(String file) {
    byte[] content = files.get(file);
    if (content == null) {
      throw new NoSuchElementException("the bundle has no file " + file);
    }
    return new String(content, UTF_8);
  }

  private static byte[] write(byte[] change, SortedMap<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(MAGIC.getBytes(UTF_8));
      writePart(out, change);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        writePart(out, file.getKey().getBytes(UTF_8));
        writePart(out, file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void writePart(DataOutputStream out, byte[] part) throws IOException {
    out.writeInt(part.length);
    out.write(part);
  }

  private static byte[] readPart(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a part of " + length + " bytes");
    }
    return in.readNBytes(length);
  }
}
