using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Orchestrator.Model;

namespace Orchestrator.Live;

/// <summary>The object API as a client uses it; objects come typed. Namespaced kinds are those of <c>default</c>.</summary>
internal sealed class ObjectClient(HttpClient http)
{
    /// <summary>Null when there is none.</summary>
    public async Task<T?> GetAsync<T>(ResourceType<T> type, string name)
        where T : Resource
    {
        using var answer = await http.GetAsync(Path(type, name));
        return answer.StatusCode is HttpStatusCode.NotFound ? null : (T)type.Parse(await BodyAsync(answer));
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(ResourceType<T> type)
        where T : Resource
    {
        using var answer = await http.GetAsync(Path(type));
        using var list = System.Text.Json.JsonDocument.Parse(await BodyAsync(answer));
        return [.. list.RootElement.GetProperty("items").EnumerateArray().Select(item => (T)type.Parse(Encoding.UTF8.GetBytes(item.GetRawText())))];
    }

    public async Task<T> CreateAsync<T>(ResourceType<T> type, T wanted)
        where T : Resource
    {
        using var answer = await http.PostAsync(Path(type), Content(type.Encode(wanted), "application/json"));
        return (T)type.Parse(await BodyAsync(answer));
    }

    /// <param name="patch">A JSON merge patch.</param>
    public async Task PatchAsync(ResourceType type, string name, string patch)
    {
        using var answer = await http.PatchAsync(Path(type, name), Content(Encoding.UTF8.GetBytes(patch), "application/merge-patch+json"));
        await BodyAsync(answer);
    }

    public async Task DeleteAsync(ResourceType type, string name)
    {
        using var answer = await http.DeleteAsync(Path(type, name));
        await BodyAsync(answer);
    }

    private static Uri Path(ResourceType type, string? name = null)
    {
        var root = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.Group}/{type.Version}";
        return new($"{root}{(type.Namespaced ? "/namespaces/default" : "")}/{type.Plural}{(name is null ? "" : $"/{name}")}", UriKind.Relative);
    }

    private static async Task<byte[]> BodyAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode ? body : throw new InvalidOperationException($"{answer.RequestMessage?.RequestUri}: {Encoding.UTF8.GetString(body)}");
    }

    private static ByteArrayContent Content(byte[] json, string type) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
}
