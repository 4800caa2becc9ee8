package io.lockkeeper.api.reports;

import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** The report's Markdown as a page that needs nothing else: also to print and to mail. */
final class ReportPage {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  // Names and comments come from people: no HTML of theirs, no links that run code.
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder().extensions(EXTENSIONS).escapeHtml(true).sanitizeUrls(true).build();

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
      code { overflow-wrap: anywhere; }
      @media print { body { max-width: none; font-size: 10pt; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
      </style>
      </head>
      <body>
      %s
      </body>
      </html>
      """;

  private ReportPage() {}

  static String html(String title, String markdown) {
    String safe = title.replaceAll("[^A-Za-z0-9 ._-]", "");
    return PAGE.formatted(safe, RENDERER.render(PARSER.parse(markdown)));
  }
}
