using System.Text;

namespace Orchestrator.ThreeFiles;

/// <summary>Reads a small text file, or says why it cannot be one.</summary>
internal static class InputFile
{
    private const int MaxBytes = 4 << 20;

    private const int LongestShown = 80;

    /// <summary>The text with <c>\n</c> as line end, or null.</summary>
    public static string? Read(string path, Problems problems)
    {
        if (Directory.Exists(path))
        {
            problems.Add(0, "is a folder, not a file");
            return null;
        }

        if (!File.Exists(path))
        {
            problems.Add(0, "there is no such file");
            return null;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var buffer = new byte[MaxBytes + 1];
            return Decode(buffer.AsSpan(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)), problems);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            problems.Add(0, $"cannot be read: {problem.Message}");
            return null;
        }
    }

    /// <summary>The lines that say something, without comments: a comment starts with <c>#</c> at the start of the line or after a space.</summary>
    public static IEnumerable<(int Number, string Text)> Lines(string text) =>
        text.Split('\n')
            .Select((line, i) => (Number: i + 1, Text: WithoutComment(line).Trim()))
            .Where(line => line.Text.Length > 0);

    /// <summary>A piece of the file as messages show it.</summary>
    public static string Show(string text) => $"'{(text.Length <= LongestShown ? text : text[..LongestShown] + "…")}'";

    private static string? Decode(ReadOnlySpan<byte> bytes, Problems problems)
    {
        if (bytes.Length > MaxBytes)
        {
            problems.Add(0, $"is larger than {MaxBytes >> 20} MiB");
            return null;
        }

        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;
        if (bytes.IndexOf((byte)0) is >= 0 and var nul)
        {
            problems.Add(bytes[..nul].Count((byte)'\n') + 1, "contains a NUL byte: this is not a text file (or not UTF-8)");
            return null;
        }

        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).ReplaceLineEndings("\n");
            return ControlFree(text, problems) ? text : null;
        }
        catch (DecoderFallbackException problem)
        {
            problems.Add(bytes[..Math.Clamp(problem.Index, 0, bytes.Length)].Count((byte)'\n') + 1, "is not UTF-8 text");
            return null;
        }
    }

    private static bool ControlFree(string text, Problems problems)
    {
        var bad = text.AsSpan().IndexOfAnyInRange('\u0001', '\u0008');
        if (bad < 0 && (bad = text.AsSpan().IndexOfAnyInRange('\u000e', '\u001f')) < 0)
        {
            return true;
        }

        problems.Add(text.AsSpan(0, bad).Count('\n') + 1, $"contains the control character U+{(int)text[bad]:X4}");
        return false;
    }

    private static string WithoutComment(string line)
    {
        for (var i = line.IndexOf('#', StringComparison.Ordinal); i >= 0; i = line.IndexOf('#', i + 1))
        {
            if (i == 0 || char.IsWhiteSpace(line[i - 1]))
            {
                return line[..i];
            }
        }

        return line;
    }
}
