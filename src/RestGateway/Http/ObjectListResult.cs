using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Model;
using Orchestrator.RestGateway.Objects;

namespace Orchestrator.RestGateway.Http;

/// <summary>Writes a list from the stored bytes, a part at a time: a list of any length takes the memory of one part.</summary>
internal sealed class ObjectListResult(ResourceType type, ObjectPage page) : IResult
{
    private const int FlushAt = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        var body = response.BodyWriter;
        WriteHead(body);
        for (var i = 0; i < page.Items.Count; i++)
        {
            if (i > 0)
            {
                body.Write(","u8);
            }

            StoredObject.Write(body, type, page.Items[i]);
            if (body.UnflushedBytes >= FlushAt)
            {
                await body.FlushAsync(httpContext.RequestAborted);
            }
        }

        body.Write("]}"u8);
        await body.FlushAsync(httpContext.RequestAborted);
    }

    private void WriteHead(IBufferWriter<byte> body)
    {
        using var json = new Utf8JsonWriter(body, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("kind", type.Kind + "List");
        json.WriteString("apiVersion", type.ApiVersion);
        json.WriteStartObject("metadata");
        json.WriteString("resourceVersion", page.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (page.Continue is not null)
        {
            json.WriteString("continue", page.Continue);
        }

        json.WriteEndObject();
        json.WriteStartArray("items"); // its end, and the object's, are written behind the items
    }
}
