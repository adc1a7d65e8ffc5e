using System.Buffers.Binary;
using System.Diagnostics;
using Orchestrator.Drivers.Images;
using Orchestrator.Model;

namespace Orchestrator.Reconciler.Tests.Images;

/// <summary>Image files in a folder of their own, made by qemu-img where the format is QEMU's.</summary>
public sealed class ImageFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("images-").FullName;

    public ImageLibrary Library => new(Path.Combine(_folder, "cache"), TimeSpan.FromMinutes(1), TimeProvider.System);

    public string this[string name] => Path.Combine(_folder, name);

    public string Raw(string name, int bytes)
    {
        var content = new byte[bytes];
        new Random(1).NextBytes(content);
        content[0] = 0xeb;
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    /// <summary>By our own bytes: what is tested must not depend on what is installed.</summary>
    public string Qcow2(string name, ulong size = 1 << 30, ulong backing = 0, ulong features = 0, int length = 512)
    {
        var header = new byte[512];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x514649fb);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(8), backing);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(24), size);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(72), features);
        File.WriteAllBytes(this[name], header[..length]);
        return this[name];
    }

    /// <summary>With the real tool; false when it is not installed.</summary>
    public bool QemuImg(params string[] arguments)
    {
        var start = new ProcessStartInfo("qemu-img") { RedirectStandardOutput = true, WorkingDirectory = _folder };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var tool = Process.Start(start)!;
            tool.WaitForExit();
            Assert.Equal(0, tool.ExitCode);
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public Task<PreparedImage> PrepareAsync(string file, string? checksum = null, string? known = null, Guid uid = default) =>
        Library.PrepareAsync(uid, new ImageSource(null, file), checksum, known, default);

    public async Task<string> RefusedAsync(string file, string? checksum = null) =>
        (await Assert.ThrowsAsync<ImageException>(() => PrepareAsync(file, checksum))).Message;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
