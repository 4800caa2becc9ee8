package io.lockkeeper.activity;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import io.temporal.common.converter.PayloadConverter;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How values travel through Temporal: our JSON, and nothing over 64 kB; the rest is a blob. */
public final class Payloads {
  /** Far below Temporal's 512 kB warning; a history with larger ones cannot be read by people. */
  public static final int MAX_BYTES = 64_000;

  /** One for all: what a mapper has learnt of a type it need not learn again. */
  private static final DataConverter CONVERTER =
      DefaultDataConverter.newDefaultInstance()
          .withPayloadConverterOverrides(
              new Limited(new JacksonJsonPayloadConverter(Json.mapper())));

  private Payloads() {}

  /** Safe for many threads. */
  public static DataConverter converter() {
    return CONVERTER;
  }

  private record Limited(PayloadConverter json) implements PayloadConverter {
    @Override
    public String getEncodingType() {
      return json.getEncodingType();
    }

    @Override
    public Optional<Payload> toData(@Nullable Object value) {
      Optional<Payload> payload = json.toData(value);
      int size = payload.map(p -> p.getData().size()).orElse(0);
      if (size > MAX_BYTES) {
        throw new LockkeeperException(
            FailureCode.PAYLOAD_TOO_LARGE,
            "handing a " + (value == null ? "value" : value.getClass().getSimpleName()) + " on",
            "it has " + size + " bytes (limit " + MAX_BYTES + ")",
            "it was not handed on",
            "Split the change into smaller ones");
      }
      return payload;
    }

    @Override
    public <T> T fromData(Payload content, Class<T> valueType, Type valueGenericType) {
      return json.fromData(content, valueType, valueGenericType);
    }
  }
}
