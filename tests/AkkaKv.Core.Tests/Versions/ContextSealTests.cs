using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Versions;

public sealed class ContextSealTests
{
    private static readonly ContextSeal Seal = new("secret"u8);
    private static readonly StoreKey Key = StoreKey.Of("b", "key"u8);
    private static readonly VersionVector Seen = VersionVector.Of(new Dot(1, 5), new Dot(77, 1_000_000));

    [Fact]
    public void What_was_sealed_is_opened()
    {
        Seal.TryOpen(Key, Seal.Seal(Key, Seen), out VersionVector opened, out _).ShouldBeTrue();
        opened.ShouldBe(Seen);
    }

    [Fact]
    public void The_token_of_the_longest_vector_has_the_most_bytes_that_a_token_may_have()
    {
        var longest = new Dot[VersionVector.ActorsMax];
        for (int i = 0; i < longest.Length; i++)
            longest[i] = new Dot((ulong)i, ulong.MaxValue);
        VersionVector vector = VersionVector.Of(longest);
        CausalContext token = Seal.Seal(Key, vector);
        token.Token.Length.ShouldBe(CausalContext.TokenBytesMax);
        CausalContext.TryParse(token.ToString(), out CausalContext? parsed).ShouldBeTrue();
        Seal.TryOpen(Key, parsed, out VersionVector opened, out _).ShouldBeTrue();
        opened.ShouldBe(vector);
        Should.Throw<InvariantException>(() => Seal.Seal(Key, vector.With(new Dot(5_000, 1)))).Message.ShouldContain("1025");
    }

    [Fact]
    public void No_token_is_no_context()
    {
        Seal.TryOpen(Key, null, out VersionVector opened, out _).ShouldBeTrue();
        opened.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_change_of_any_bit_is_refused()
    {
        byte[] token = Seal.Seal(Key, Seen).Token.ToArray();
        for (int bit = 0; bit < token.Length * 8; bit++)
        {
            byte[] changed = [.. token];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Seal.TryOpen(Key, new CausalContext(changed), out VersionVector opened, out string fault).ShouldBeFalse($"bit {bit}");
            opened.IsEmpty.ShouldBeTrue();
            fault.ShouldContain("Read the key again");
        }
    }

    [Fact]
    public void The_token_of_another_key_is_refused() =>
        Seal.TryOpen(StoreKey.Of("b", "other"u8), Seal.Seal(Key, Seen), out _, out _).ShouldBeFalse();

    [Fact]
    public void The_token_of_another_cluster_is_refused() =>
        new ContextSeal("another"u8).TryOpen(Key, Seal.Seal(Key, Seen), out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(CausalContext.TokenBytesMax + 1)]
    public void A_token_of_an_impossible_length_is_refused(int length)
    {
        Seal.TryOpen(Key, new CausalContext(new byte[length]), out _, out string fault).ShouldBeFalse();
        fault.ShouldContain($"this one has {length}");
    }
}
