using Microsoft.AspNetCore.Http;

namespace Orchestrator.RestGateway.Seed;

/// <summary><c>/image/*</c></summary>
internal static class ImageCalls
{
    public static async Task<IResult> ListAsync(SeedCall call)
    {
        var images = await call.Inventory.ImagesAsync(call.Stop);
        return SeedCall.Answer(new([.. images.Select(image => new ImageItem(image.Status.Id, image.Title))]), SeedJson.Default.ImagesAnswer);
    }
}
