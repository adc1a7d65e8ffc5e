using System.Text.Json;

namespace Orchestrator.Live;

/// <summary>The seed API as its clients use it: GET, numbers in and out, no status codes.</summary>
internal sealed class SeedClient(HttpClient http)
{
    /// <param name="pathAndQuery">Such as <c>/vm/query?vmid=1</c>.</param>
    public async Task<JsonElement> CallAsync(string pathAndQuery)
    {
        using var answer = await http.GetAsync(new Uri(pathAndQuery, UriKind.Relative));
        Assert.True(answer.IsSuccessStatusCode, $"{pathAndQuery}: {answer.StatusCode}");
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
    }

    /// <returns>The vmid; 0 when it was refused.</returns>
    public async Task<int> CreateAsync(string name, int type, int? image = null) =>
        (await CallAsync($"/vm/create?name={name}&instance_type={type}{(image is null ? "" : $"&image_id={image}")}")).GetProperty("vmid").GetInt32();

    /// <returns>1 when it was destroyed.</returns>
    public async Task<int> DestroyAsync(int vmid) => (await CallAsync($"/vm/destroy?vmid={vmid}")).GetProperty("status").GetInt32();

    /// <summary>A list of numbers under one name, such as <c>pmids</c>.</summary>
    public async Task<int[]> NumbersAsync(string pathAndQuery, string name) =>
        [.. (await CallAsync(pathAndQuery)).GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];
}
