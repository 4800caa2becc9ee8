package io.lockkeeper.step;

import io.lockkeeper.blob.BlobRef;

/**
 * A file that an act left behind.
 *
 * @param name unique in a promotion, such as {@code dev-baseline_metrics.txt}
 * @param mediaType such as {@code text/plain}
 */
public record Attachment(String name, String mediaType, BlobRef blob) {}
