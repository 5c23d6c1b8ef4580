"""`ritual kg`: the tools of those who keep the knowledge graph; one file per command, each with its EXAMPLES."""

from __future__ import annotations

import typer

from ritual.cli.kg import check, diff, docs, fmt, graph, impact, new, query, show, taboo

app = typer.Typer(
    help="Keep the knowledge graph: check it, order it, compare it, ask it, add to it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.command("new", epilog=new.EXAMPLES)(new.new_command)
app.command("diff", epilog=diff.EXAMPLES)(diff.diff_command)
app.command("impact", epilog=impact.EXAMPLES)(impact.impact_command)
app.command("check", epilog=check.EXAMPLES)(check.check_command)
app.command("docs", epilog=docs.EXAMPLES)(docs.docs_command)
app.command("fmt", epilog=fmt.EXAMPLES)(fmt.fmt_command)
app.command("show", epilog=show.EXAMPLES)(show.show_command)
app.command("query", epilog=query.EXAMPLES)(query.query_command)
app.command("taboo", epilog=taboo.EXAMPLES)(taboo.taboo_command)
app.command("graph", epilog=graph.EXAMPLES)(graph.graph_command)
