using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Model.Tests;

public class QuantityTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("+1", 1)]
    [InlineData("1048576", 1048576)]
    [InlineData("1Ki", 1024)]
    [InlineData("512Mi", 512L << 20)]
    [InlineData("10Gi", 10L << 30)]
    [InlineData("1.5Gi", 3L << 29)]
    [InlineData(".5Ki", 512)]
    [InlineData("1k", 1000)]
    [InlineData("1.5G", 1_500_000_000)]
    [InlineData("2e9", 2_000_000_000)]
    [InlineData("2E9", 2_000_000_000)]
    [InlineData("1.5e3", 1500)]
    [InlineData("1E", 1_000_000_000_000_000_000)]
    [InlineData("7Ei", 7L << 60)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9.223372036854775807E", long.MaxValue)]
    public void Reads(string text, long bytes)
    {
        Assert.True(Quantity.TryParse(text, out var quantity, out _), text);
        Assert.Equal(bytes, quantity.Bytes);
        Assert.Equal(text, quantity.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 Gi")]
    [InlineData(" 1Gi")]
    [InlineData("1Gi\n")]
    [InlineData("1gi")]
    [InlineData("1GiB")]
    [InlineData("1B")]
    [InlineData("1K")]
    [InlineData("1m")]
    [InlineData("Gi")]
    [InlineData("1,5Gi")]
    [InlineData("1e3Ki")]
    [InlineData("1e")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("∞")]
    [InlineData("١Gi")]
    [InlineData("-1Gi", "must not be negative")]
    [InlineData("1.5", "must be a whole number of bytes")]
    [InlineData("0.0001Ki", "must be a whole number of bytes")]
    [InlineData("8Ei", "is larger than 2^63 - 1 bytes")]
    [InlineData("9223372036854775808", "is larger than 2^63 - 1 bytes")]
    [InlineData("9.223372036854775808E", "is larger than 2^63 - 1 bytes")]
    [InlineData("1e28", "is larger than 2^63 - 1 bytes")]
    [InlineData("1e999999999")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000001")]
    public void Refuses(string? text, string why = "must be a quantity such as 512Mi or 10Gi")
    {
        Assert.False(Quantity.TryParse(text, out _, out var error));
        Assert.Equal(why, error);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1000, "1000")]
    [InlineData(1024, "1Ki")]
    [InlineData(1536, "1536")]
    [InlineData(3L << 29, "1536Mi")]
    [InlineData(5L << 60, "5Ei")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    public void Writes_the_largest_binary_unit_that_divides_it(long bytes, string text) => Assert.Equal(text, Quantity.FromBytes(bytes).ToString());

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1L << 20, 1, 1)]
    [InlineData((1L << 20) + 1, 2, 1)]
    [InlineData(1L << 30, 1024, 1)]
    [InlineData((1L << 30) + 1, 1025, 2)]
    [InlineData(long.MaxValue, 1L << 43, 1L << 33)]
    public void Rounds_up(long bytes, long mebibytes, long gibibytes) =>
        Assert.Equal((mebibytes, gibibytes), (Quantity.FromBytes(bytes).MiB, Quantity.FromBytes(bytes).GiB));

    [Fact]
    public void Too_many_mebibytes_are_an_error_not_another_number()
    {
        Assert.Throws<OverflowException>(() => Quantity.FromMiB(1L << 50));
        Assert.Throws<OverflowException>(() => Quantity.FromGiB(1L << 34));
    }

    [Fact]
    public void What_is_written_is_read_as_the_same_bytes() =>
        Prop.ForAll(Generated.Bytes.ToArbitrary(), bytes => Quantity.Parse(Quantity.FromBytes(bytes).ToString()).Bytes == bytes).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_and_equality_are_those_of_the_bytes() => Prop.ForAll(
        Gen.Two(Generated.Bytes).ToArbitrary(),
        pair =>
        {
            var (one, other) = (Quantity.FromBytes(pair.Item1), Quantity.Parse($"{pair.Item2}"));
            return (one < other) == (pair.Item1 < pair.Item2) && (one == other) == (pair.Item1 == pair.Item2) && (one >= other) == (pair.Item1 >= pair.Item2)
                && Math.Sign(one.CompareTo(other)) == pair.Item1.CompareTo(pair.Item2);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_amounts_are_equal_however_they_are_written()
    {
        Assert.Equal(Quantity.Parse("1Gi"), Quantity.Parse("1024Mi"));
        Assert.Equal(Quantity.Parse("1Gi").GetHashCode(), Quantity.Parse("1024Mi").GetHashCode());
        Assert.Equal("default is 0", $"default is {default(Quantity)}");
    }

    [Fact]
    public void No_text_makes_it_throw() => Prop.ForAll<string>(text => Quantity.TryParse(text, out _, out _) || true).QuickCheckThrowOnFailure();
}
