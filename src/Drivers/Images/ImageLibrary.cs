using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Model;

namespace Orchestrator.Drivers.Images;

/// <summary>An image that is on the control machine, looked at and found fit.</summary>
/// <param name="Volume">The name of its copies; another content is another name.</param>
public sealed record PreparedImage(string File, string Volume, DiskFormat Format, long SizeBytes, long VirtualSizeBytes);

/// <summary>The images on the control machine: local files, and copies of files fetched by ssh.</summary>
/// <param name="cache">The folder for fetched copies.</param>
/// <param name="fetchTimeout">How long a fetch may take.</param>
/// <param name="time">The clock for it.</param>
public sealed class ImageLibrary(string cache, TimeSpan fetchTimeout, TimeProvider time)
{
    /// <summary>Fetches the image if it is elsewhere and not here yet, checks it, and tells what it is.</summary>
    /// <param name="uid">The Image object, which names the fetched copy.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="checksum"><c>sha256:</c> and 64 hex digits, or null.</param>
    /// <param name="known">The volume name that passed the checksum before: an unchanged file is not read again.</param>
    /// <param name="stop">Gives up; a half-fetched copy is not kept.</param>
    /// <exception cref="ImageException">It cannot be used.</exception>
    public async Task<PreparedImage> PrepareAsync(Guid uid, ImageSource source, string? checksum, string? known, CancellationToken stop)
    {
        var file = source.Host is null ? source.Path : await FetchAsync(uid, source, stop).ConfigureAwait(false);
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
            {
                throw new ImageException(Directory.Exists(file) ? $"{file} is a folder" : $"there is no file {file} on this machine");
            }

            var volume = $"image-{uid}-{Fingerprint(source, info)}";
            var header = await HeaderAsync(info, stop).ConfigureAwait(false);
            if (checksum is not null && volume != known)
            {
                await VerifyAsync(info, checksum, stop).ConfigureAwait(false);
            }

            return new(file, volume, header.Format, info.Length, header.VirtualSizeBytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"{file} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Removes the fetched copies of an image that no longer exists.</summary>
    public void Forget(Guid uid)
    {
        if (Directory.Exists(cache))
        {
            foreach (var copy in Directory.EnumerateFiles(cache, $"{uid}*"))
            {
                File.Delete(copy);
            }
        }
    }

    private static string Fingerprint(ImageSource source, FileInfo info)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{source.Host}|{source.Path}|{info.Length}|{info.LastWriteTimeUtc.Ticks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 6));
    }

    private static async Task<ImageHeader> HeaderAsync(FileInfo info, CancellationToken stop)
    {
        using var file = info.OpenRead();
        var start = new byte[ImageHeader.Length];
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        return ImageHeader.Read(start.AsSpan(0, length), info.Length);
    }

    private static async Task VerifyAsync(FileInfo info, string checksum, CancellationToken stop)
    {
        using var file = info.OpenRead();
        var actual = "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(file, stop).ConfigureAwait(false));
        if (actual != checksum)
        {
            throw new ImageException($"its checksum is {actual}, expected {checksum}");
        }
    }

    /// <summary>Copies with scp, which takes the path as it is and honours the user's ssh configuration, under another name until it is whole.</summary>
    private async Task<string> FetchAsync(Guid uid, ImageSource source, CancellationToken stop)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Host}:{source.Path}")).AsSpan(0, 6));
        var copy = Path.Combine(cache, $"{uid}-{name}.img");
        if (File.Exists(copy))
        {
            return copy;
        }

        Directory.CreateDirectory(cache);
        var partial = copy + ".partial";
        var start = new ProcessStartInfo("scp") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-q", "-p", "-B", "-s", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "--", $"{source.Host}:{Quote(source.Path)}", partial })
        {
            start.ArgumentList.Add(argument);
        }

        using var deadline = new CancellationTokenSource(fetchTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            using var scp = Process.Start(start) ?? throw new ImageException("scp could not be started");
            try
            {
                var said = await scp.StandardError.ReadToEndAsync(either.Token).ConfigureAwait(false);
                await scp.WaitForExitAsync(either.Token).ConfigureAwait(false);
                if (scp.ExitCode != 0)
                {
                    throw new ImageException($"{source.Host}:{source.Path} cannot be fetched: {said.Trim()}");
                }
            }
            finally
            {
                if (!scp.HasExited)
                {
                    scp.Kill(entireProcessTree: true);
                }
            }

            File.Move(partial, copy);
            return copy;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new ImageException($"{source.Host}:{source.Path} could not be fetched within {fetchTimeout.TotalMinutes:0} minutes");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new ImageException($"scp could not be started: {missing.Message}", missing);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Keeps scp from expanding wildcards in a name.</summary>
    private static string Quote(string path) =>
        string.Concat(path.Select(letter => letter is '*' or '?' or '[' or ']' or '\\' or '{' or '}' ? $"\\{letter}" : $"{letter}"));
}
