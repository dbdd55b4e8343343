//! What a type is, told to the compiler as a table.

use core::marker::PhantomData;

// What a type has is a constant that is chosen where the type is known: the inherent one if its bound holds, and
// otherwise the one of this trait, which everything has.
pub(crate) struct Is<T>(pub(crate) PhantomData<T>);

pub(crate) trait IsNot {
    const SEND: bool = false;
    const SYNC: bool = false;
    const UNPIN: bool = false;
}

impl<T> IsNot for Is<T> {}

impl<T: Send> Is<T> {
    pub(crate) const SEND: bool = true;
}

impl<T: Sync> Is<T> {
    pub(crate) const SYNC: bool = true;
}

impl<T: Unpin> Is<T> {
    pub(crate) const UNPIN: bool = true;
}

/// Compares what types have with a table.
macro_rules! types {
    ($($type:ty => $send:ident $sync:ident $unpin:ident;)*) => {
        const _: () = {
            $(assert!(Is::<$type>::SEND == $send, concat!("Send: ", stringify!($type)));
            assert!(Is::<$type>::SYNC == $sync, concat!("Sync: ", stringify!($type)));
            assert!(Is::<$type>::UNPIN == $unpin, concat!("Unpin: ", stringify!($type)));)*
        };
    };
}

/// The same for types with a part `M`, which is each of the parts above. In the table `same` is what `M` has, and `send`
/// is whether `M` is `Send`, and `both` whether it is `Send` and `Sync`.
macro_rules! types_with_a_part {
    ($($type:ty => $send:ident $sync:ident $unpin:ident;)*) => {
        $(const _: () = {
            type Whole<M> = $type;
            types_with_a_part!(@part $type, Local: $send $sync $unpin);
            types_with_a_part!(@part $type, Moved: $send $sync $unpin);
            types_with_a_part!(@part $type, Shared: $send $sync $unpin);
            types_with_a_part!(@part $type, Pinned: $send $sync $unpin);
        };)*
    };
    (@part $type:ty, $part:ident: $send:ident $sync:ident $unpin:ident) => {
        assert!(
            Is::<Whole<$part>>::SEND == types_with_a_part!(@is $send $part SEND),
            concat!("Send: ", stringify!($type), " with M = ", stringify!($part)),
        );
        assert!(
            Is::<Whole<$part>>::SYNC == types_with_a_part!(@is $sync $part SYNC),
            concat!("Sync: ", stringify!($type), " with M = ", stringify!($part)),
        );
        assert!(
            Is::<Whole<$part>>::UNPIN == types_with_a_part!(@is $unpin $part UNPIN),
            concat!("Unpin: ", stringify!($type), " with M = ", stringify!($part)),
        );
    };
    (@is same $part:ident $trait:ident) => { Is::<$part>::$trait };
    (@is send $part:ident $trait:ident) => { Is::<$part>::SEND };
    (@is both $part:ident $trait:ident) => { Is::<$part>::SEND && Is::<$part>::SYNC };
    (@is $always:ident $part:ident $trait:ident) => { $always };
}
