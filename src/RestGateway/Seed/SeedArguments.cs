using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.RestGateway.Http;

namespace Orchestrator.RestGateway.Seed;

/// <summary>A seed call's arguments, from the query string and from a form or JSON body, all as text.</summary>
internal sealed class SeedArguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Null when they cannot be understood: no such body, or an argument that is there twice.</summary>
    public static async Task<SeedArguments?> ReadAsync(HttpRequest request)
    {
        var arguments = new SeedArguments();
        var understood = request.Query.All(pair => pair.Value is [{ } only] && arguments.Add(pair.Key, only));
        if (HttpMethods.IsPost(request.Method))
        {
            understood &= request.HasFormContentType ? await arguments.AddFormAsync(request) : await arguments.AddJsonAsync(request);
        }

        return understood ? arguments : null;
    }

    /// <summary>The argument, or null if it is absent or empty.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>The argument if it is a positive number as one writes it, else null.</summary>
    public int? Id(string name) => Text(name) is { } text ? ParseId(text) : null;

    /// <summary>No sign, no leading zero, no blank: every number has one form.</summary>
    public static int? ParseId(string text) =>
        text[0] is >= '1' and <= '9' && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private bool Add(string name, string value) => _values.TryAdd(name, value);

    private async Task<bool> AddFormAsync(HttpRequest request)
    {
        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form.All(pair => pair.Value is [{ } only] && Add(pair.Key, only));
        }
        catch (Exception unusable) when (unusable is InvalidDataException or IOException)
        {
            return false;
        }
    }

    private async Task<bool> AddJsonAsync(HttpRequest request)
    {
        try
        {
            var body = await RequestBody.ReadAsync(request.HttpContext, RequestBody.Json);
            return body.IsEmpty || RequestBody.ParseObject(body).EnumerateObject().All(AddMember);
        }
        catch (Exception unusable) when (unusable is ApiException or BadHttpRequestException)
        {
            return false;
        }
    }

    private bool AddMember(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.String => Add(member.Name, member.Value.GetString()!),
        JsonValueKind.Number => Add(member.Name, member.Value.GetRawText()),
        JsonValueKind.Null => true,
        _ => false,
    };
}
