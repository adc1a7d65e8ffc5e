using System.Text.RegularExpressions;
using Orchestrator.Model;

namespace Orchestrator.ThreeFiles;

/// <summary>The images: one <c>[user@host:]path</c> per line, or <c>{"images": […]}</c> of such texts or of <c>{"path", "name", "id"}</c>.</summary>
internal static partial class ImageFile
{
    public static IReadOnlyList<Image> Parse(string text, Problems problems)
    {
        var images = new Collector(problems);
        if (!Structured().IsMatch(string.Join('\n', InputFile.Lines(text).Select(line => line.Text))))
        {
            foreach (var (number, line) in InputFile.Lines(text))
            {
                images.Add(number, line, name: null, id: null);
            }

            if (images.Found.Count == 0 && problems.Found.Count == 0)
            {
                problems.Add(0, "names no image; for none at all write {\"images\": []}");
            }

            return images.Found;
        }

        try
        {
            foreach (var item in Fields.List(LiteralParser.Parse(text), "images"))
            {
                Add(item, images, problems);
            }
        }
        catch (LiteralException wrong)
        {
            problems.Add(wrong.Line, wrong.Message);
        }

        return images.Found;
    }

    private static void Add(Literal item, Collector images, Problems problems)
    {
        if (item is TextLiteral text)
        {
            images.Add(text.Line, text.Text, name: null, id: null);
            return;
        }

        if (item is not MapLiteral map)
        {
            problems.Add(item.Line, $"an image is a path in quotes or a map with a path, not {item.Shown}");
            return;
        }

        var fields = new Fields(map, problems, "path", "source", "url", "name", "id");
        var (path, name, id) = (fields.Text("path") ?? fields.Text("source") ?? fields.Text("url"), fields.Text("name"), fields.Whole("id", 1));
        if (path is null && fields.Good)
        {
            problems.Add(map.Line, "an image needs a path");
        }
        else if (fields.Good)
        {
            images.Add(map.Line, path!, name, id);
        }
    }

    [GeneratedRegex(@"\A([A-Za-z_][A-Za-z0-9_]*\s*=\s*)?[{\[(]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Structured();

    /// <summary>Checks one image after the other against those before.</summary>
    private sealed class Collector(Problems problems)
    {
        private readonly ObjectNames _names = new("image");
        private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
        private readonly Dictionary<int, int> _ids = [];
        private readonly List<Image> _found = [];

        public IReadOnlyList<Image> Found => [.. _found];

        public void Add(int line, string source, string? name, int? id)
        {
            if (source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            {
                problems.Add(line, $"{InputFile.Show(source)} is a URL; this version does not fetch images from URLs yet: download it and give its path");
            }
            else if (ImageSource.Parse(source, out var error) is null || ImageSource.Title(source).Length == 0)
            {
                problems.Add(line, $"{InputFile.Show(source)} {(source.EndsWith('/') ? "is a folder" : error)}");
            }
            else if (!_lines.TryAdd(source, line))
            {
                problems.Add(line, $"{InputFile.Show(source)} repeats line {_lines[source]}");
            }
            else if (id is { } number && !_ids.TryAdd(number, line))
            {
                problems.Add(line, $"the id {number} is that of line {_ids[number]} already");
            }
            else
            {
                _found.Add(new()
                {
                    Metadata = new() { Name = _names.Make(name ?? ImageSource.Title(source)), Annotations = Fields.IdAnnotation(id) },
                    Spec = new() { Source = source },
                });
            }
        }
    }
}
