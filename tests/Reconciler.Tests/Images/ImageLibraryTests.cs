using System.Security.Cryptography;
using Orchestrator.Model;

namespace Orchestrator.Reconciler.Tests.Images;

/// <summary>Real files: what is taken, and what is refused and why.</summary>
public sealed class ImageLibraryTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_raw_file_is_a_disk_of_its_own_size()
    {
        var image = await _files.PrepareAsync(_files.Raw("disk.img", 5000));
        Assert.Equal((_files["disk.img"], DiskFormat.Raw, 5000, 5000), (image.File, image.Format, image.SizeBytes, image.VirtualSizeBytes));
    }

    [Fact]
    public async Task A_qcow2_file_is_a_disk_of_the_size_in_its_header_whatever_its_name()
    {
        var image = await _files.PrepareAsync(_files.Qcow2("disk.raw", size: 7UL << 30));
        Assert.Equal((DiskFormat.Qcow2, 512, 7L << 30), (image.Format, image.SizeBytes, image.VirtualSizeBytes));
    }

    [Fact]
    public async Task What_the_real_tool_makes_is_read_the_same()
    {
        if (!_files.QemuImg("create", "-q", "-f", "qcow2", "real.qcow2", "3G"))
        {
            return;
        }

        Assert.Equal((DiskFormat.Qcow2, 3L << 30), await LookAsync("real.qcow2"));
        _files.QemuImg("create", "-q", "-f", "qcow2", "-o", "compat=0.10", "old.qcow2", "2G");
        Assert.Equal((DiskFormat.Qcow2, 2L << 30), await LookAsync("old.qcow2"));
        _files.QemuImg("create", "-q", "-f", "qcow2", "-o", "extended_l2=on,compression_type=zstd", "new.qcow2", "2G");
        Assert.Equal((DiskFormat.Qcow2, 2L << 30), await LookAsync("new.qcow2"));

        _files.QemuImg("create", "-q", "-f", "qcow2", "-b", "real.qcow2", "-F", "qcow2", "overlay.qcow2");
        Assert.Contains("backing file", await _files.RefusedAsync(_files["overlay.qcow2"]), StringComparison.Ordinal);
        _files.QemuImg("create", "-q", "-f", "qcow2", "-o", "data_file=outside.raw", "pointer.qcow2", "1G");
        Assert.Contains("data in another file", await _files.RefusedAsync(_files["pointer.qcow2"]), StringComparison.Ordinal);
        _files.QemuImg("create", "-q", "-f", "vmdk", "other.vmdk", "1G");
        Assert.Contains("VMDK", await _files.RefusedAsync(_files["other.vmdk"]), StringComparison.Ordinal);
        _files.QemuImg("create", "-q", "-f", "vdi", "other.vdi", "1G");
        Assert.Contains("VDI", await _files.RefusedAsync(_files["other.vdi"]), StringComparison.Ordinal);
        _files.QemuImg("create", "-q", "-f", "vpc", "other.vhd", "1G");
        Assert.Contains("VHD", await _files.RefusedAsync(_files["other.vhd"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_that_point_at_other_files_are_refused()
    {
        Assert.Contains("backing file", await _files.RefusedAsync(_files.Qcow2("a", backing: 0x1000)), StringComparison.Ordinal);
        Assert.Contains("data in another file", await _files.RefusedAsync(_files.Qcow2("b", features: 1 << 2)), StringComparison.Ordinal);
        File.WriteAllText(_files["c"], """json:{"driver":"file","filename":"/etc/shadow"}""");
        Assert.Contains("pseudo-protocol", await _files.RefusedAsync(_files["c"]), StringComparison.Ordinal);
        File.WriteAllText(_files["d"], "# Disk DescriptorFile\nversion=1\n");
        Assert.Contains("VMDK", await _files.RefusedAsync(_files["d"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_an_image_is_refused_in_words()
    {
        Assert.Equal($"there is no file {_files["none"]} on this machine", await _files.RefusedAsync(_files["none"]));
        Directory.CreateDirectory(_files["folder"]);
        Assert.Equal($"{_files["folder"]} is a folder", await _files.RefusedAsync(_files["folder"]));
        File.WriteAllBytes(_files["empty"], []);
        Assert.Equal("the file is empty", await _files.RefusedAsync(_files["empty"]));
        Assert.Contains("cut short", await _files.RefusedAsync(_files.Qcow2("short", length: 50)), StringComparison.Ordinal);
        Assert.Contains("corrupt", await _files.RefusedAsync(_files.Qcow2("corrupt", features: 1 << 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_may_not_be_read_is_refused_in_words()
    {
        var file = _files.Raw("secret", 100);
        using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.StartsWith($"{file} cannot be read: ", await _files.RefusedAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checksum_must_be_the_files()
    {
        var file = _files.Raw("disk.img", 5000);
        var right = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file)));
        var wrong = "sha256:" + new string('0', 64);
        var image = await _files.PrepareAsync(file, right);
        Assert.Equal($"its checksum is {right}, expected {wrong}", await _files.RefusedAsync(file, wrong));
        Assert.Equal(image, await _files.PrepareAsync(file, right, known: image.Volume));
    }

    [Fact]
    public async Task Another_content_is_another_volume_and_the_same_is_the_same()
    {
        var (file, uid) = (_files.Raw("disk.img", 5000), Guid.NewGuid());
        var first = await _files.PrepareAsync(file, uid: uid);
        Assert.Equal(first, await _files.PrepareAsync(file, uid: uid));
        Assert.NotEqual(first.Volume, (await _files.PrepareAsync(file, uid: Guid.NewGuid())).Volume, StringComparer.Ordinal);
        _files.Raw("disk.img", 5001);
        Assert.NotEqual(first.Volume, (await _files.PrepareAsync(file, uid: uid)).Volume, StringComparer.Ordinal);
    }

    private async Task<(DiskFormat Format, long Bytes)> LookAsync(string name)
    {
        var image = await _files.PrepareAsync(_files[name]);
        return (image.Format, image.VirtualSizeBytes);
    }
}
