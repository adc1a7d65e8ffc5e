using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestrator.Model;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>What the user sees. Colours and fitting to a width only on a terminal, so that other programs get whole lines of plain text.</summary>
internal sealed class Screen(TextWriter output, TextWriter error, Func<string, string?> environment, TimeProvider time)
{
    private const int Unlimited = 10_000;

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly IAnsiConsole _console = Console(output, environment);

    public DateTimeOffset Now => time.GetUtcNow();

    public void Line(string text) => output.WriteLine(Show.Plain(text));

    /// <summary>Beside the output: what is going on.</summary>
    public void Note(string text) => error.WriteLine(Show.Plain(text));

    public void Error(string message, IReadOnlyList<string> causes)
    {
        error.WriteLine($"error: {Show.Plain(message)}");
        foreach (var cause in causes)
        {
            error.WriteLine($"  {Show.Plain(cause)}");
        }
    }

    public void Json(JsonElement json) => output.WriteLine(JsonSerializer.Serialize(json, _indented));

    public void Table<T>(IEnumerable<T> rows, IReadOnlyList<Column<T>> columns)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in columns)
        {
            // The last column may be a sentence: on a narrow terminal it is broken, not cut.
            table.AddColumn(new TableColumn(new Text(column.Title)) { NoWrap = column != columns[^1], Padding = new Padding(0, 0, 2, 0) });
        }

        foreach (var row in rows)
        {
            table.AddRow(columns.Select(column => Cell(column.Value(row), column.Painted)));
        }

        _console.Write(table);
    }

    /// <summary>One line per field; fields without a value are left out.</summary>
    public void Fields(IEnumerable<(string Title, string? Value)> fields)
    {
        var grid = new Grid { Expand = false }.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 2, 0) }).AddColumn(new GridColumn { Padding = new Padding(0, 0, 0, 0) });
        foreach (var (title, value) in fields.Where(field => !string.IsNullOrEmpty(field.Value)))
        {
            grid.AddRow(new Text(title + ":"), Cell(value!, painted: title == "Phase"));
        }

        _console.Write(grid);
    }

    public void Conditions(ResourceStatus status)
    {
        if (status.Conditions.Count > 0)
        {
            output.WriteLine();
            Table(status.Conditions,
            [
                new("CONDITION", condition => condition.Type),
                new("STATUS", condition => condition.Status.ToString()),
                new("REASON", condition => condition.Reason),
                new("SINCE", condition => Show.Age(condition.LastTransitionTime, Now)),
                new("MESSAGE", condition => condition.Message),
            ]);
        }
    }

    private static Text Cell(string value, bool painted) => new(Show.Plain(value), painted ? Palette.Of(value) : Style.Plain);

    private static IAnsiConsole Console(TextWriter output, Func<string, string?> environment)
    {
        var writer = new AnsiConsoleOutput(output);
        var colours = writer.IsTerminal && string.IsNullOrEmpty(environment("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = writer,
            Ansi = writer.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Enrichment = new() { UseDefaultEnrichers = false },
        });
        if (!writer.IsTerminal)
        {
            console.Profile.Width = Unlimited;
        }

        return console;
    }
}
