package io.lockkeeper.api.reports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.series.KeptSeries;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesTextTest {
  private static KeptSeries kept(String metric, String points) {
    KeptSeries.Collector windows = new KeptSeries.Collector();
    windows.add("soak", ("{\"" + metric + "\": " + points + "}").getBytes(UTF_8));
    return windows.series(Map.of());
  }

  private static String csv(KeptSeries kept) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SeriesText(kept, new Wanted()).csv(out);
    return out.toString(UTF_8);
  }

  private static String json(KeptSeries kept) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SeriesText(kept, new Wanted()).json(out);
    return out.toString(UTF_8);
  }

  @Test
  void whatIsMissing_isEmptyInCsv_andNullInJson() throws IOException {
    KeptSeries kept = kept("m", "[[1000, 0.25], [2000, \"NaN\"], [3000, 4]]");

    assertThat(csv(kept))
        .isEqualTo(
            "time,stage,metric,value\r\n"
                + "1970-01-01T00:00:01Z,soak,m,0.25\r\n"
                + "1970-01-01T00:00:02Z,soak,m,\r\n"
                + "1970-01-01T00:00:03Z,soak,m,4\r\n");
    assertThat(json(kept)).isEqualTo("{\"m\":{\"soak\":[[1000,0.25],[2000,null],[3000,4]]}}");
  }

  @Test
  void nothing_isAHeadWithoutRows_andAnEmptyObject() throws IOException {
    assertThat(csv(KeptSeries.NONE)).isEqualTo("time,stage,metric,value\r\n");
    assertThat(json(KeptSeries.NONE)).isEqualTo("{}");
  }

  @Test
  void hostileNames_areNeitherFormulasNorColumns() throws IOException {
    assertThat(csv(kept("=1+1", "[[1000, 1]]"))).contains(",soak,\"'=1+1\",1\r\n");
    assertThat(csv(kept("a,b\\\"c", "[[1000, 1]]"))).contains(",soak,\"a,b\"\"c\",1\r\n");
  }

  @Test
  void figures_areWrittenInFull() throws IOException {
    assertThat(csv(kept("m", "[[1000, 123456789012345], [2000, 1e300], [3000, 0.1]]")))
        .contains(",123456789012345\r\n", ",1.0E300\r\n", ",0.1\r\n");
  }
}
