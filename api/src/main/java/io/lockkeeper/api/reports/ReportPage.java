package io.lockkeeper.api.reports;

import io.lockkeeper.chart.ChartSvg;
import io.lockkeeper.report.Charts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Image;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;

/** The report's Markdown as a page that needs nothing else: also to print and to mail. */
final class ReportPage {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%s</title>
      <style>
      :root { color-scheme: light dark; }
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { border-bottom: 3px solid currentColor; padding-bottom: .3rem; }
      table { border-collapse: collapse; width: 100%%; margin: .5rem 0 1.5rem; display: block; overflow-x: auto; }
      th, td { border: 1px solid color-mix(in srgb, currentColor 30%%, transparent); padding: .3rem .6rem; text-align: left; vertical-align: top; }
      th { background: color-mix(in srgb, currentColor 8%%, transparent); }
      .w { white-space: nowrap; }
      code { overflow-wrap: anywhere; }
      td code { display: inline-block; min-width: 12em; }
      svg { display: block; max-width: 100%%; height: auto; border: 1px solid #d9d9d9; background: #fff; }
      @page { margin: 14mm 12mm; }
      @media print {
        :root { color-scheme: light; }
        body { max-width: none; margin: 0; padding: 0; font-size: 9.5pt; line-height: 1.35; }
        h1, h2, h3 { break-after: avoid; }
        table { display: table; width: auto; overflow: visible; font-size: 8pt; }
        th, td { padding: .15rem .35rem; }
        thead { display: table-header-group; }
        tr, svg { break-inside: avoid; }
        td code { min-width: 8em; }
        svg { width: 85%%; border: none; }
      }
      </style>
      </head>
      <body>
      %s
      </body>
      </html>
      """;

  private ReportPage() {}

  /**
   * @param charts that stand in the page where the text links to them
   */
  static String html(String title, String markdown, List<Charts.Named> charts) {
    String safe = title.replaceAll("[^A-Za-z0-9 ._-]", "");
    return PAGE.formatted(safe, renderer(charts).render(PARSER.parse(markdown)));
  }

  // Names and comments come from people: no HTML of theirs, no links that run code.
  private static HtmlRenderer renderer(List<Charts.Named> charts) {
    return HtmlRenderer.builder()
        .extensions(EXTENSIONS)
        .escapeHtml(true)
        .sanitizeUrls(true)
        .nodeRendererFactory(context -> new Pictures(context, charts))
        .nodeRendererFactory(Words::new)
        .build();
  }

  /** Draws where the text links to a picture of ours; every other picture is its words. */
  private static final class Pictures implements NodeRenderer {
    private final HtmlNodeRendererContext context;
    private final Map<String, Charts.Named> charts = new HashMap<>();

    Pictures(HtmlNodeRendererContext context, List<Charts.Named> charts) {
      this.context = context;
      charts.forEach(chart -> this.charts.put("attachments/" + chart.file(), chart));
    }

    @Override
    public Set<Class<? extends Node>> getNodeTypes() {
      return Set.of(Image.class);
    }

    @Override
    public void render(Node node) {
      // Each is drawn once, because its ids are the page's: what people wrote may link to it too.
      Charts.Named chart = charts.remove(((Image) node).getDestination());
      if (chart != null) {
        context.getWriter().raw(ChartSvg.draw(chart.chart(), chart.id()));
        return;
      }
      for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
        context.render(child);
      }
    }
  }
}
