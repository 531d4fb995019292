using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Kernel;

public class StoreKeyTests
{
    [Fact]
    public void Canonical_bytes_are_the_length_of_the_bucket_the_bucket_and_the_name()
    {
        StoreKey key = StoreKey.Of("carts", "user-1"u8);
        key.Bytes.ToArray().ShouldBe("\u0005cartsuser-1"u8.ToArray());
        key.Bucket.ShouldBe("carts");
        key.Name.ToArray().ShouldBe("user-1"u8.ToArray());
        key.ToString().ShouldBe("carts/user-1");
    }

    [Fact]
    public void What_moves_between_bucket_and_name_makes_another_key()
    {
        StoreKey left = StoreKey.Of("ab", "c"u8);
        StoreKey right = StoreKey.Of("a", "bc"u8);
        left.Equals(right).ShouldBeFalse();
        left.Hash.ShouldNotBe(right.Hash);
    }

    [Fact]
    public void A_key_read_back_from_its_bytes_is_the_same_key()
    {
        StoreKey key = StoreKey.Of(new string('b', 64), new byte[1024]);
        key.Bytes.Length.ShouldBe(StoreKey.BytesMax);
        StoreKey.TryRead(key.Bytes, out StoreKey? read).ShouldBeTrue();
        read.ShouldBe(key);
        read!.Hash.ShouldBe(key.Hash);
        read.GetHashCode().ShouldBe(key.GetHashCode());
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 65 })]
    [InlineData(new byte[] { 0, 65, 66 })]
    [InlineData(new byte[] { 65, 66, 67 })]
    [InlineData(new byte[] { 2, 66, 67 })]
    public void Bytes_that_are_no_key_are_refused(byte[] bytes)
    {
        StoreKey.TryRead(bytes, out StoreKey? key).ShouldBeFalse();
        key.ShouldBeNull();
    }

    [Fact]
    public void A_name_too_long_for_a_key_is_refused_on_the_way_in_and_when_read()
    {
        var bytes = new byte[1 + 1 + 1025];
        bytes[0] = 1;
        StoreKey.TryRead(bytes, out _).ShouldBeFalse();
        Should.Throw<InvariantException>(() => StoreKey.Of("b", new byte[1025]));
        Should.Throw<InvariantException>(() => StoreKey.Of("b", []));
        Should.Throw<InvariantException>(() => StoreKey.Of("", "k"u8));
        Should.Throw<InvariantException>(() => StoreKey.Of(new string('b', 65), "k"u8));
    }

    // Computed with the reference tool: printf '\005cartsuser-1' | xxhsum -H1
    [Theory]
    [InlineData("carts", "user-1", 0xD4236FDD66538196)]
    [InlineData("carts", "user-2", 0x21182441DBEFABFC)]
    [InlineData("sessions", "user-1", 0x3DBEDDC65074CE3A)]
    [InlineData("b", "k", 0xA7CB33F6A7BFADAC)]
    [InlineData("default", "ключ", 0x205CFB8CAC415DBC)]
    public void Hash_is_XXH64_of_the_canonical_bytes(string bucket, string name, ulong expected) =>
        StoreKey.Of(bucket, Encoding.UTF8.GetBytes(name)).Hash.ShouldBe(expected);
}
